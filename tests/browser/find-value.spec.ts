import { expect, test } from "@playwright/test";
import { addAll, drawn, file, goTo, openLab, row, timeline, vcd, type Lab } from "../support/page.js";

let lab: Lab;

test.beforeAll(async () => {
  lab = await openLab({
    "a.vcd": vcd(
      "1ns",
      ["wire 1 ! clk", "wire 8 # data [7:0]"],
      ["#0", "0!", "b0 #", "#10", "b101100 #", "#20", "b1 #", "#30", "b101100 #", "#40", "bx #", "#400"],
    ),
  });
});

test.afterAll(() => lab?.close());

test("by keys to the times at which a row has a value, typed as the row shows it", async ({ page }) => {
  const at = (tick: string): Promise<void> => expect(timeline(page)).toHaveAttribute("data-cursor", tick);
  const command = page.getByRole("combobox", { name: "Command" });
  const find = async (text: string): Promise<void> => {
    await page.keyboard.press("Control+f");
    await expect(command).toHaveValue("=");
    await command.fill(`=${text}`);
  };
  await page.goto(lab.serving.url);
  await file(page, "a.vcd").click();
  await addAll(page, 2);
  await drawn(page, 2);
  await row(page, "top.data[7:0]").click();

  await find("2c");
  await expect(page.getByRole("option")).toHaveText([
    /Next time that top\.data\[7:0\] is 2c/,
    /Previous time that/,
  ]);
  await page.keyboard.press("Enter");
  await at("10");
  await page.keyboard.press("n");
  await at("30");
  await page.keyboard.press("n");
  await expect(page.getByTestId("toast")).toContainText("top.data[7:0] is nowhere 2c after the cursor");
  await at("30");
  await page.keyboard.press("Shift+N");
  await at("10");
  await find("xx");
  await page.keyboard.press("Enter");
  await at("40");

  await find("hello");
  await expect(page.getByText("“hello” is no value of top.data[7:0]")).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(command).toHaveCount(0);
  // The same value in another row's format.
  await goTo(page, "0 ns");
  await row(page, "top.clk").click();
  await page.keyboard.press("n");
  await expect(page.getByTestId("toast").filter({ hasText: "top.clk" })).toBeVisible();
});

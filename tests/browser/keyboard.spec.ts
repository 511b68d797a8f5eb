import { expect, test } from "@playwright/test";
import {
  collectProblems,
  drawn,
  file,
  goTo,
  openLab,
  row,
  timeline,
  value,
  vcd,
  type Lab,
} from "../support/page.js";

let lab: Lab;

test.beforeAll(async () => {
  lab = await openLab({
    "a.vcd": vcd(
      "1ns",
      ["wire 1 ! clk", "wire 8 # data [7:0]"],
      ["#0", "0!", "b101 #", "#10", "1!", "b1111 #", "#20", "0!"],
    ),
    "b.vcd": vcd("1ns", ["wire 4 ! other [3:0]"], ["#0", "b0 !", "#7", "b1 !"]),
  });
});

test.afterAll(() => lab?.close());

test("R9 without a mouse: from loading the page to reading a value", async ({ page }) => {
  const problems = collectProblems(page);
  await page.goto(lab.serving.url);
  await expect(file(page, "b.vcd")).toBeVisible();

  await test.step("the tree of files opens one", async () => {
    await page.keyboard.press("l");
    await expect(page.getByRole("tree", { name: "Files" })).toBeFocused();
    await page.keyboard.press("Home");
    await page.keyboard.press("Enter");
    await expect(page.getByTestId("no-rows")).toBeVisible();
  });

  await test.step("a search and Enter add a variable", async () => {
    await page.keyboard.press("/");
    await page.keyboard.type("data");
    await page.keyboard.press("Enter");
    await expect(page.getByTestId("variables")).toBeFocused();
    await page.keyboard.press("Enter");
    await drawn(page, 1);
  });

  await test.step("the value stands where the cursor is", async () => {
    await expect(value(page, "top.data[7:0]")).toHaveText("05");
    await page.keyboard.press("e");
    await expect(timeline(page)).toHaveAttribute("data-cursor", "10");
    await expect(value(page, "top.data[7:0]")).toHaveText("0f");
    await goTo(page, "3 ns");
    await expect(timeline(page)).toHaveAttribute("data-cursor", "3");
    await expect(value(page, "top.data[7:0]")).toHaveText("05");
  });

  await test.step("rows are focused, moved, formatted and removed", async () => {
    await page.keyboard.press("/");
    await page.keyboard.press("Control+a");
    // Faster than the search: Enter means what was typed, not what is still listed.
    await page.keyboard.type("clk");
    await page.keyboard.press("Enter");
    await expect(page.getByTestId("variables")).toBeFocused();
    await page.keyboard.press("Enter");
    await drawn(page, 2);
    await page.keyboard.press("v");
    await expect(page.getByRole("grid", { name: "Selected variables" })).toBeFocused();
    const names = page.getByRole("grid").getByRole("row");
    await page.keyboard.press("Alt+ArrowUp");
    await expect(names.first()).toHaveAttribute("aria-label", "top.clk");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("f");
    await expect(value(page, "top.data[7:0]")).toHaveText("00000101");
    await page.keyboard.press("Delete");
    await expect(row(page, "top.data[7:0]")).toHaveCount(0);
  });

  await test.step("Ctrl+A takes all variables", async () => {
    await page.keyboard.press("/");
    await page.keyboard.press("Escape");
    await expect(page.getByTestId("variables")).toHaveAttribute("data-total", "2");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Control+a");
    await expect(page.getByRole("button", { name: "Add 2" })).toBeVisible();
    await page.keyboard.press("Enter");
    await drawn(page, 3);
  });

  await test.step("dialogs keep the focus while they are open and give it back", async () => {
    await page.getByRole("grid", { name: "Selected variables" }).focus();
    for (const [stroke, name] of [
      ["Control+k", "Command palette"],
      ["?", "Keyboard and mouse"],
    ] as const) {
      await page.keyboard.press(stroke);
      const dialog = page.getByRole("dialog", { name });
      await expect(dialog).toBeVisible();
      for (let press = 0; press < 4; press += 1) {
        await page.keyboard.press("Tab");
        await expect
          .poll(() => dialog.evaluate((element) => element.contains(document.activeElement)))
          .toBe(true);
      }
      await page.keyboard.press("Escape");
      await expect(dialog).toBeHidden();
      await expect(page.getByRole("grid", { name: "Selected variables" })).toBeFocused();
    }
  });
  expect(problems).toEqual([]);
});

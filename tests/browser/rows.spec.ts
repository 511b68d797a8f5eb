import { rm } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "@playwright/test";
import {
  addAll,
  drawn,
  file,
  openLab,
  removeRows,
  row,
  timeline,
  value,
  vcd,
  type Lab,
} from "../support/page.js";

const many = 600;
const long = `gen_pipeline_stage_with_a_name_of_a_generator_${"that_goes_on_".repeat(6)}valid_ff`;
let lab: Lab;

test.beforeAll(async () => {
  const ids = Array.from({ length: many }, (_, index) => `s${index}`);
  lab = await openLab({
    "a.vcd": vcd(
      "1ns",
      ["wire 1 ! clk", "wire 8 # data [7:0]", "wire 1 % ready"],
      ["#0", "0!", "b101 #", "1%", "#10", "1!", "#400"],
    ),
    "long.vcd": vcd("1ns", [`wire 1 ! ${long}_a`, `wire 1 % ${long}_b`], ["#0", "0!", "1%", "#400"]),
    "many.vcd": vcd(
      "1ns",
      ids.map((id) => `wire 1 ${id} ${id}`),
      ["#0", ...ids.map((id) => `0${id}`), "#400"],
    ),
  });
});

test.afterAll(() => lab?.close());

test("rows are removed at once, and come back where they stood with their formats", async ({ page }) => {
  const names = page.getByRole("grid", { name: "Selected variables" }).getByRole("row");
  const listed = (): Promise<(string | null)[]> =>
    names.evaluateAll((rows) => rows.map((element) => element.getAttribute("aria-label")));
  await page.goto(lab.serving.url);
  await file(page, "a.vcd").click();
  await addAll(page, 3);
  await drawn(page, 3);
  const before = await listed();
  await row(page, "top.data[7:0]").click();
  await page.keyboard.press("f");
  await expect(value(page, "top.data[7:0]")).toHaveText("00000101");

  await page.keyboard.press("Delete");
  await drawn(page, 2);
  await page.keyboard.press("Shift+Delete");
  await drawn(page, 0);
  await expect(page.getByTestId("toast")).toContainText("2 rows removed");

  await page.keyboard.press("Control+z");
  await drawn(page, 2);
  await page.keyboard.press("Control+z");
  await drawn(page, 3);
  expect(await listed()).toEqual(before);
  await expect(value(page, "top.data[7:0]")).toHaveText("00000101");
  // In a field the same keys are the field's own.
  await page.getByRole("searchbox", { name: "Search variables" }).press("Shift+Delete");
  await drawn(page, 3);
});

test("what does not fit into a timeline is said, not lost at the next visit", async ({ page }) => {
  await page.goto(lab.serving.url);
  await file(page, "many.vcd").click();
  await expect(page.getByTestId("variables")).toHaveAttribute("data-total", String(many));
  const addFirst = page.getByRole("button", { name: "Add the first 500" });
  await addFirst.click();
  await drawn(page, 503);
  // The same button goes on with those that are not there, until all are.
  const addMore = page.getByRole("button", { name: "Add more" });
  await addMore.click();
  await drawn(page, 603);
  await expect(
    row(page, "top.s500")
      .or(row(page, `top.s${many - 1}`))
      .first(),
  ).toBeVisible();
  await addMore.click();
  const toasts = page.getByTestId("toast");
  await expect(toasts).toContainText("All of these variables are in the timeline already");
  await drawn(page, 603);
  // Who chooses variables gets them, also twice.
  await page.getByTestId("variables").focus();
  await page.keyboard.press("Control+a");
  await page.keyboard.press("Enter");
  const full = toasts.filter({ hasText: "A timeline has at most 1024 rows" });
  await expect(full).toContainText("79 of 500 variables were not added");
  await drawn(page, 1_024);
  await page.getByRole("grid", { name: "Selected variables" }).focus();
  await page.keyboard.press("Shift+Delete");
  await drawn(page, 0);
});

test("of a name that is too long the end can still be read, and the whole of it by pointers and screen readers", async ({
  page,
}) => {
  await page.goto(lab.serving.url);
  await file(page, "long.vcd").click();
  await addAll(page, 2);
  const named = row(page, `top.${long}_b`);
  await expect(named).toHaveAttribute("title", new RegExp(`^top.${long}_b\n`));
  for (const shown of [
    named.locator(".row-name"),
    page.getByRole("option", { name: `top.${long}_b` }).locator(".variable-name"),
  ]) {
    const end = shown.locator(".cut-end");
    await expect(end).toHaveText("valid_ff_b");
    const [whole, ending] = [await shown.boundingBox(), await end.boundingBox()];
    if (!whole || !ending) throw new Error("nothing on the screen");
    expect(ending.x + ending.width).toBeLessThanOrEqual(whole.x + whole.width + 0.5);
    expect(await shown.locator(".cut-start").evaluate((start) => start.scrollWidth > start.clientWidth)).toBe(
      true,
    );
  }
  await removeRows(page);
});

test("that a file is gone does not stand on its waves", async ({ page }) => {
  await page.goto(lab.serving.url);
  await file(page, "a.vcd").click();
  await addAll(page, 3);
  await drawn(page, 3);
  await rm(path.join(lab.sandbox.workspace, "a.vcd"));
  const problem = page.getByTestId("file-problem");
  await expect(problem).toContainText("a.vcd is gone");
  await expect(timeline(page)).toHaveAttribute("data-rows", "3");
  const box = await problem.boundingBox();
  const canvas = await timeline(page).boundingBox();
  if (!box || !canvas) throw new Error("nothing on the screen");
  expect(box.y).toBeGreaterThan(canvas.y + canvas.height / 2);
});

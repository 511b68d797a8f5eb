import { readFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "@playwright/test";
import { addAll, drawn, file, goTo, openLab, row, timeline, value, vcd, type Lab } from "../support/page.js";

let lab: Lab;

test.beforeAll(async () => {
  lab = await openLab({
    "a.vcd": vcd(
      "1ns",
      ["wire 1 ! clk", "wire 8 # data [7:0]"],
      ["#0", "0!", "b101 #", "#10", "1!", "b1111 #", "#400"],
    ),
    "b.vcd": vcd("1ns", ["wire 4 ! other [3:0]"], ["#0", "b0 !", "#7", "b1 !", "#40"]),
  });
});

test.afterAll(() => lab?.close());

test("a second tab shows what the first one left: rows, formats, cursor and zoom", async ({
  page,
  context,
}) => {
  await page.goto(lab.serving.url);
  await file(page, "a.vcd").click();
  await addAll(page, 2);
  await file(page, "b.vcd").click();
  await addAll(page, 1);
  await file(page, "a.vcd").click();
  await drawn(page, 3);
  // Rows of two files take turns.
  await row(page, "top.other[3:0]").click();
  await page.keyboard.press("Alt+ArrowUp");
  await row(page, "top.data[7:0]").click();
  await page.keyboard.press("f");
  await goTo(page, "12 ns");
  for (let press = 0; press < 3; press += 1) await page.keyboard.press("w");
  await drawn(page, 3);
  const [start, end] = await Promise.all(
    ["data-start", "data-end"].map((name) => timeline(page).getAttribute(name)),
  );
  await expect
    .poll(() => readFile(path.join(lab.sandbox.workspace, ".novywave"), "utf8").catch(() => ""))
    .toContain(`start = "${start}", end = "${end}"`);

  const second = await context.newPage();
  await second.goto(lab.serving.url);
  await drawn(second, 3);
  await expect(value(second, "top.data[7:0]")).toHaveText("00001111");
  for (const [name, wanted] of [
    ["data-start", start],
    ["data-end", end],
    ["data-cursor", "12"],
  ] as const)
    await expect(timeline(second)).toHaveAttribute(name, wanted ?? "");
  const names = second.getByRole("grid").getByRole("row");
  await expect(names).toHaveCount(3);
  expect(
    await names.evaluateAll((rows) => rows.map((element) => element.getAttribute("aria-label"))),
  ).toEqual(["top.clk", "top.other[3:0]", "top.data[7:0]"]);
  // Both go on by themselves.
  await second.keyboard.press("s");
  await expect(timeline(page)).toHaveAttribute("data-start", start ?? "");
});

test("files clicked faster than they load: the last one counts", async ({ page }) => {
  await page.goto(lab.serving.url);
  await drawn(page, 3);
  for (let round = 0; round < 4; round += 1) {
    await file(page, "b.vcd").click();
    await file(page, "a.vcd").click();
  }
  await expect(file(page, "a.vcd")).toHaveAttribute("aria-selected", "true");
  await expect(page.locator(".active-file")).toHaveText("a.vcd");
  await expect(page.getByTestId("variables")).toHaveAttribute("data-total", "2");
  // A reload of the page at any moment ends well.
  await file(page, "b.vcd").click();
  await page.reload();
  await drawn(page, 3);
});

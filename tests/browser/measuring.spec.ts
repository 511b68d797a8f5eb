import { readFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "@playwright/test";
import { addAll, drawn, file, goTo, openLab, timeline, vcd, type Lab } from "../support/page.js";

let lab: Lab;

test.beforeAll(async () => {
  lab = await openLab({
    "a.vcd": vcd("1ns", ["wire 1 ! clk"], ["#0", "0!", "#10", "1!", "#25", "0!", "#400"]),
    "fine.vcd": vcd("1ps", ["wire 1 ! strobe"], ["#0", "0!", "#10500", "1!", "#20000"]),
  });
});

test.afterAll(() => lab?.close());

const config = (): Promise<string> =>
  readFile(path.join(lab.sandbox.workspace, ".novywave"), "utf8").catch(() => "");

test("the time between two edges is measured by keys, stays over a reload, and can be taken away", async ({
  page,
}) => {
  const measured = page.getByTestId("measured-time");
  await page.goto(lab.serving.url);
  await file(page, "a.vcd").click();
  await addAll(page, 1);
  await drawn(page, 1);
  await page.getByRole("grid", { name: "Selected variables" }).focus();
  await page.keyboard.press("e");
  await expect(timeline(page)).toHaveAttribute("data-cursor", "10");
  await page.keyboard.press("m");
  await expect(measured).toHaveText("0 ns");
  await page.keyboard.press("e");
  await expect(measured).toHaveText("15 ns");
  await goTo(page, "4 ns");
  await expect(measured).toHaveText("-6 ns");

  // A file with finer ticks beside it changes the unit of the axis, not the times.
  await file(page, "fine.vcd").click();
  await addAll(page, 1);
  await expect(timeline(page)).toHaveAttribute("data-cursor", "4000");
  await expect(measured).toHaveText("-6 ns");
  await file(page, "a.vcd").click();
  await expect.poll(config).toMatch(/"a\.vcd" = \{[^}]*marker = "10"/);

  await page.reload();
  await drawn(page, 2);
  await expect(measured).toHaveText("-6 ns");
  await goTo(page, "10 ns");
  await page.keyboard.press("m");
  await expect(measured).toHaveCount(0);
  await expect.poll(config).not.toMatch(/"a\.vcd" = \{[^}]*marker/);
});

import { expect, test, type Page } from "@playwright/test";
import {
  addAll,
  collectProblems,
  drawn,
  file,
  goTo,
  openLab,
  removeRows,
  row,
  timeline,
  value,
  vcd,
  type Lab,
} from "../support/page.js";

const formats = vcd(
  "1ns",
  ["wire 8 # data [7:0]", "real 64 r level", "string 1 s state"],
  [
    "#0",
    "b10100101 #",
    "r0.1 r",
    "sIDLE s",
    "#10",
    "b1x00zzzz #",
    "r-2.5e-7 r",
    "sBUSY s",
    "#20",
    "bz #",
    "#30",
    "b1000001 #",
  ],
);
/** 4096 bits, and a name longer than any pane. */
const wide = vcd(
  "1ns",
  ["wire 4096 w wide [4095:0]", `wire 1 ! ${"a_name_that_goes_on_and_on_".repeat(20)}`],
  ["#0", `b${"1010".repeat(1024)} w`, "0!", "#5", "b1 w", "1!", "#100"],
);
const slow = vcd("1us", ["wire 4 ! slow [3:0]"], ["#0", "b1 !", "#2", "b10 !", "#4"]);
const fast = vcd("10ps", ["wire 4 ! fast [3:0]"], ["#0", "b1 !", "#100001", "b11 !", "#300000"]);
/** As late as 64 bits go. */
const late = vcd(
  "1fs",
  ["wire 1 ! bit"],
  ["#9223372036854775000", "0!", "#9223372036854775800", "1!", "#9223372036854775807", "0!"],
);

/** Recording is switched off from 40 to 70 ns. */
const gap = vcd(
  "1ns",
  ["wire 1 ! bit", "wire 8 # data [7:0]"],
  [
    "#0",
    "1!",
    "b101 #",
    "#20",
    "bx #",
    "#30",
    "b110 #",
    "#40",
    "$dumpoff",
    "x!",
    "bx #",
    "$end",
    "#70",
    "$dumpon",
    "1!",
    "b111 #",
    "$end",
    "#100",
  ],
);

let lab: Lab;

test.beforeAll(async () => {
  lab = await openLab({
    "fast.vcd": fast,
    "formats.vcd": formats,
    "gap.vcd": gap,
    "late.vcd": late,
    "slow.vcd": slow,
    "wide.vcd": wide,
  });
});

test.afterAll(() => lab?.close());

// One after the other: what one leaves in `.novywave` the next one takes away first.
test("values read as the engineer asked: every format, with x and z", async ({ page }) => {
  const problems = collectProblems(page);
  await open(page, "formats.vcd", 3);
  const data = value(page, "top.data[7:0]");
  await row(page, "top.data[7:0]").click();
  const table = [
    ["Hexadecimal", "a5", "Xz", "zz", "41"],
    ["Binary", "10100101", "1x00zzzz", "zzzzzzzz", "01000001"],
    ["Decimal, unsigned", "165", "x", "z", "65"],
    ["Decimal, signed", "-91", "x", "z", "65"],
    ["Octal", "245", "xxz", "zzz", "101"],
    ["ASCII", ".", "x", "z", "A"],
  ] as const;
  for (const [format, ...texts] of table) {
    await row(page, "top.data[7:0]")
      .getByRole("button", { name: /^Format of/ })
      .click();
    await page.getByRole("menuitemradio", { name: format, exact: true }).click();
    for (const [index, text] of texts.entries()) {
      await goTo(page, `${index * 10} ns`);
      await expect(data).toHaveText(new RegExp(`^${text.replace(".", "\\.")}$`, "i"));
    }
  }
  await goTo(page, "12 ns");
  await expect(value(page, "top.level")).toHaveText("-2.5e-7");
  await expect(value(page, "top.state")).toHaveText("BUSY");
  expect(problems).toEqual([]);
});

test("files with other ticks share one axis, exactly", async ({ page }) => {
  await open(page, "slow.vcd", 1);
  await file(page, "fast.vcd").click();
  await addAll(page, 1);
  await drawn(page, 2);
  // 10 ps is the finer tick; 4 µs the longer file.
  await expect(timeline(page)).toHaveAttribute("data-exponent", "-11");
  await expect(page.getByTestId("zoom-span")).toHaveText("4 µs");
  for (const [time, slowValue, fastValue] of [
    ["1 us", "1", "1"],
    ["1000.01 ns", "1", "3"],
    ["1.99999 us", "1", "3"],
    ["2 µs", "2", "3"],
  ] as const) {
    await goTo(page, time);
    await expect(value(page, "top.slow[3:0]")).toHaveText(slowValue);
    await expect(value(page, "top.fast[3:0]")).toHaveText(fastValue);
  }
});

test("where recording was switched off no value is shown, which is not the same as x", async ({ page }) => {
  await open(page, "gap.vcd", 2);
  for (const name of ["top.bit", "top.data[7:0]"]) {
    const shown = value(page, name);
    await goTo(page, "40 ns");
    await expect(shown).toHaveText("not recorded");
    await expect(shown).toHaveAttribute("title", "Recording was switched off from 40 ns to 70 ns");
    await goTo(page, "70 ns");
    await expect(shown).toHaveText(name === "top.bit" ? "1" : "07");
  }
  await goTo(page, "20 ns");
  await expect(value(page, "top.data[7:0]")).toHaveText(/^xx$/i);
});

test("the timeline says where the recording begins and ends, where that is in view", async ({ page }) => {
  await open(page, "late.vcd", 1);
  const last = "9223.372036854775807 s";
  await page.keyboard.press("r");
  const start = last.replace("807", "");
  await expect(timeline(page)).toHaveAttribute("data-edges", `start ${start}, end ${last}`);
  await expect(timeline(page)).toHaveAttribute(
    "aria-label",
    new RegExp(`recorded from ${start} to ${last}$`),
  );
  await page.keyboard.press("Shift+E");
  for (let press = 0; press < 4; press += 1) await page.keyboard.press("Shift+W");
  await expect(timeline(page)).toHaveAttribute("data-edges", `end ${last}`);
});

test("4096 bits, endless names and the last tick of 64 bits do no harm", async ({ page }) => {
  const problems = collectProblems(page);
  await open(page, "wide.vcd", 2);
  await goTo(page, "0 ns");
  await expect(value(page, "top.wide[4095:0]")).toHaveText("a".repeat(1024));
  for (const pane of ["Files pane", "Variables pane", "Selected variables pane", "Timeline pane"]) {
    const outside = await page
      .getByRole("region", { name: pane, exact: true })
      .evaluate((element) => element.scrollWidth - element.clientWidth);
    expect(outside, `${pane} is wider than it may be`).toBeLessThanOrEqual(0);
  }
  await removeRows(page);
  await open(page, "late.vcd", 1);
  await page.keyboard.press("v");
  await page.keyboard.press("Shift+E");
  await expect(timeline(page)).toHaveAttribute("data-cursor", "9223372036854775807");
  await page.keyboard.press("q");
  await expect(timeline(page)).toHaveAttribute("data-cursor", "9223372036854775800");
  for (let press = 0; press < 4; press += 1) await page.keyboard.press("Shift+W");
  await expect(page.getByTestId("zoom-span")).toHaveText("8 fs");
  await page.keyboard.press("a");
  await page.keyboard.press("d");
  await drawn(page, 1);
  await expect(value(page, "top.bit")).toHaveText("1");
  expect(problems).toEqual([]);
});

async function open(page: Page, name: string, variables: number): Promise<void> {
  if (!page.url().startsWith("http")) {
    await page.goto(lab.serving.url);
    await expect(file(page, name)).toBeVisible();
    await removeRows(page);
  }
  await file(page, name).click();
  await addAll(page, variables);
  await drawn(page, variables);
}

import { appendFile, copyFile, rm } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "@playwright/test";
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
import { readState, repository, stateWhere } from "../support/novywave.js";

let lab: Lab;

test.beforeAll(async () => {
  lab = await openLab();
  await copy("test_files/handshake/handshake.fst", "handshake.fst");
  await copy("test_files/alu/deep/er/alu.ghw", "alu.ghw");
  await copy("tests/fixtures/waveforms/killed/verilator.fst.hier", "counter.fst.hier");
  await copy("tests/fixtures/waveforms/killed/verilator.fst", "counter.fst");
});

test.afterAll(() => lab?.close());

test("FST and GHW: values by name, on one axis, zoomed; a run that was killed, then run again", async ({
  page,
}) => {
  const problems = collectProblems(page);
  await page.goto(lab.serving.url);

  await test.step("states of an FST file read by their names", async () => {
    await file(page, "handshake.fst").click();
    await addAll(page, 12);
    await drawn(page, 12);
    await goTo(page, "9997 ns");
    await expect(value(page, "TOP.handshake.producer[1:0]")).toHaveText("DONE");
    await expect(value(page, "TOP.handshake.consumer[2:0]")).toHaveText("BUSY");
    await expect(value(page, "TOP.handshake.data[31:0]")).toHaveText("5428acc9");
  });

  await test.step("so do those of a GHW file, a thousand times finer", async () => {
    await file(page, "alu.ghw").click();
    await addAll(page, 11);
    await drawn(page, 23);
    await goTo(page, "200 ns");
    await expect(value(page, "alu_tb.operation")).toHaveText("op_add");
    await expect(value(page, "alu_tb.done")).toHaveText("false");
    await expect(value(page, "alu_tb.step")).toHaveText("21");
    await expect(timeline(page)).toHaveAttribute("data-exponent", "-15");
    await expect(page.getByTestId("zoom-span")).toHaveText("19.995 µs");
  });

  await test.step("at any zoom, everything is drawn, and the next change is found", async () => {
    await row(page, "alu_tb.operation").click();
    for (let press = 0; press < 3; press += 1) {
      await page.keyboard.press("w");
      await drawn(page, 23);
    }
    const before = await timeline(page).getAttribute("data-cursor");
    await page.keyboard.press("e");
    await expect(timeline(page)).not.toHaveAttribute("data-cursor", before ?? "");
    await expect(value(page, "alu_tb.operation")).toHaveText("op_sub");
  });

  await removeRows(page);
  await test.step("what a simulator left when it was killed is shown, and said", async () => {
    await file(page, "counter.fst").click();
    await addAll(page, 16);
    await drawn(page, 16);
    await expect(page.getByTestId("file-warning")).toContainText(/truncated at byte 666/);
    await goTo(page, "190 ns");
    await expect(value(page, "TOP.counter.count[15:0]")).toHaveText("0010");
  });

  await test.step("when it has written the file again, rows, cursor and zoom are what they were", async () => {
    const cursor = await timeline(page).getAttribute("data-cursor");
    await copy("test_files/counter/counter.fst", "counter.fst");
    await rm(path.join(lab.sandbox.workspace, "counter.fst.hier"));
    await expect(page.getByTestId("file-warning")).toHaveCount(0);
    await drawn(page, 16);
    await expect(timeline(page)).toHaveAttribute("data-cursor", cursor ?? "");
    await expect(row(page, "TOP.counter.count[15:0]")).toHaveAttribute("data-state", "ready");
    await goTo(page, "1000 ns");
    await expect(value(page, "TOP.counter.count[15:0]")).toHaveText("004d");
  });
  expect(problems).toEqual([]);
});

test("a VCD file that a simulator goes on writing stays ready; what is appended shows, and the cursor stays", async ({
  page,
}) => {
  const problems = collectProblems(page);
  const growing = path.join(lab.sandbox.workspace, "growing.vcd");
  const own = (state: Awaited<ReturnType<typeof readState>>) =>
    state.files.find((candidate) => candidate.path === growing);
  await lab.write("growing.vcd", vcd("1ns", ["wire 8 # data [7:0]"], ["#0", "b1 #", "#10"]));
  await page.goto(lab.serving.url);
  await expect(file(page, "growing.vcd")).toBeVisible();
  await removeRows(page);
  await file(page, "growing.vcd").click();
  await addAll(page, 1);
  await drawn(page, 1);
  await goTo(page, "5 ns");
  let { revision } = (await readState(lab.serving)).timeline;
  // In the middle of a value and at the end of a line, as the buffers of a simulator go.
  for (const [text, end] of [
    ["b10 #\n#20\nb1", "20"],
    ["1 #\n#30\n", "30"],
    ["b100 #\n#40\n", "40"],
  ] as const) {
    await appendFile(growing, text);
    const later = await stateWhere(lab.serving, `the file up to ${end}`, (state) => {
      expect(own(state)?.state).toBe("ready");
      return own(state)?.end === end;
    });
    expect(later.timeline.revision).toBeGreaterThan(revision);
    ({ revision } = later.timeline);
    await expect(timeline(page)).toHaveAttribute("data-cursor", "5");
    await drawn(page, 1);
  }
  await expect(value(page, "top.data[7:0]")).toHaveText("01");
  for (const [time, text] of [
    ["15 ns", "02"],
    ["25 ns", "03"],
    ["35 ns", "04"],
  ] as const) {
    await goTo(page, time);
    await expect(value(page, "top.data[7:0]")).toHaveText(text);
  }
  expect(problems).toEqual([]);
});

/** Puts a file into the workspace in the way in which a simulator writes it: over what is there. */
async function copy(from: string, to: string): Promise<void> {
  await copyFile(path.join(repository, from), path.join(lab.sandbox.workspace, to));
}

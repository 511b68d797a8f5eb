import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { openWaveform } from "./open-waveform.js";

const KILLED = join(import.meta.dirname, "../../../tests/fixtures/waveforms/killed");

const folder = mkdtempSync(join(tmpdir(), "killed-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("what a simulator left behind when it was killed", () => {
  it.each([
    ["Icarus", "icarus.fst", "hangs_tb.count[7:0]", 95n, "00001010"],
    ["Verilator", "verilator.fst", "TOP.counter.count[15:0]", 195n, "0000000000010001"],
    // What changes at its last time was cut off.
    ["GHDL", "ghdl.ghw", "hangs_tb.count", 1_720_000_000n, (343).toString(2).padStart(32, "0")],
  ])("%s: all that reached the file, and a warning", async (_, name, variable, end, last) => {
    const opened = await openWaveform(join(KILLED, name));
    if (!opened.ok) throw new Error(opened.error.message);
    using waveform = opened.value;
    expect(waveform.info.end).toBe(end);
    expect(waveform.info.warning).toMatchObject({ code: "truncated", time: end });
    const [found] = await waveform.resolve([variable]);
    if (!found) throw new Error(`there is no ${variable}`);
    expect(await waveform.values([found.signal], end)).toEqual([last]);
  });

  it("before any change reached the file, it says so too", async () => {
    const whole = readFileSync(join(KILLED, "icarus.fst"));
    const path = join(folder, "early.fst");
    writeFileSync(path, whole.subarray(0, 330));
    writeFileSync(`${path}.hier`, readFileSync(join(KILLED, "icarus.fst.hier")));
    const opened = await openWaveform(path);
    if (!opened.ok) throw new Error(opened.error.message);
    using waveform = opened.value;
    expect(waveform.info).toMatchObject({ variables: 2, warning: { code: "truncated", byte: 330 } });
  });
});

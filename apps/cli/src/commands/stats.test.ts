import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createSandbox, type Sandbox } from "../test/run-command.js";
import { smallVcd } from "../test/waveform.js";

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = createSandbox();
});
afterEach(() => sandbox[Symbol.dispose]());

describe("stats", () => {
  it("counts and names the most active signals", async () => {
    sandbox.write("a.vcd", smallVcd);
    const json = await sandbox.run("stats", "a.vcd", "--json", "--top", "1");
    expect(json.code).toBe(0);
    expect(json.json()).toMatchObject({
      format: "vcd",
      timescale: "1ns",
      start: "0",
      end: "5",
      transitions: 5,
      times: 3,
      digits: 9,
      widest: 8,
      active: [{ name: "top.clk", transitions: 3, share: 0.6, interval: 2.5 }],
    });
    const text = await sandbox.run("stats", "a.vcd");
    expect(text.stdout).toMatch(/^Transitions: +5 at 3 times, 1\.7 each$/mu);
    expect(text.stdout).toMatch(/^ +3 +60\.0 % +every 3 ns +top\.clk$/mu);
  });

  it("says what cannot be read, and which count is none", async () => {
    sandbox.write("notes.txt", "buy milk\n");
    expect((await sandbox.run("stats", "notes.txt", "--json")).json()).toMatchObject({
      error: { code: "not-waveform" },
    });
    expect((await sandbox.run("stats", "notes.txt", "--top", "many")).code).toBe(2);
  });
});

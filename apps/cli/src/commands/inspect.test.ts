import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createSandbox, type Sandbox } from "../test/run-command.js";
import { smallVcd } from "../test/waveform.js";

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = createSandbox();
});
afterEach(() => sandbox[Symbol.dispose]());

describe("inspect", () => {
  it("tells format, timescale, times and counts", async () => {
    sandbox.write("small.bin", smallVcd);
    const json = await sandbox.run("inspect", "small.bin", "--json");
    expect(json).toMatchObject({ code: 0, stderr: "" });
    expect(json.json()).toEqual({
      format: "vcd",
      timescale: "1ns",
      start: "0",
      end: "5",
      scopes: 1,
      variables: 2,
      signals: 2,
      transitions: 5,
    });
    const text = await sandbox.run("inspect", "small.bin");
    expect(text.stdout).toMatch(/^Time: +0 to 5 ticks$/mu);
    expect(text.stdout).toMatch(/^Variables: +2 \(2 signals\)$/mu);
  });

  it("lists a scope", async () => {
    sandbox.write("small.vcd", smallVcd);
    const text = await sandbox.run("inspect", "small.vcd", "--scope", "top");
    expect(text.stdout).toMatch(/^top \(module\)\n {2}clk +wire +1 bit\n {2}count\[7:0\] +wire +8 bits$/mu);
    expect((await sandbox.run("inspect", "small.vcd", "--scope", "top", "--json")).json()).toMatchObject({
      variables: 2,
      scope: {
        name: "top",
        kind: "module",
        scopes: [],
        variables: [{ name: "clk", width: 1 }, { name: "count[7:0]" }],
      },
    });
    const missing = await sandbox.run("inspect", "small.vcd", "--scope", "top.cpu", "--json");
    expect([missing.code, missing.json()]).toMatchObject([1, { error: { code: "not-in-file" } }]);
  });

  it("reads what there is of a truncated file and warns", async () => {
    sandbox.write("cut.vcd", smallVcd.slice(0, smallVcd.indexOf("101")));
    const outcome = await sandbox.run("inspect", "cut.vcd", "--json");
    expect(outcome.code).toBe(0);
    expect(outcome.json()).toMatchObject({
      end: "2",
      warning: { code: "truncated", byte: expect.any(Number) as number },
    });
  });

  it("shows what an FST file says beside its signals", async () => {
    const file = join(import.meta.dirname, "../../../../tests/fixtures/waveforms/fst/features_zlib.fst");
    expect((await sandbox.run("inspect", file, "--json")).json()).toMatchObject({
      transitions: 3773,
      timeZero: "-250",
      blackouts: [{ from: "1749", to: "1908" }],
      comments: ['a comment with "quotes"'],
    });
    const { stdout } = await sandbox.run("inspect", file);
    expect(stdout).toMatch(/^Time zero: +-250 ticks$/mu);
    expect(stdout).toMatch(/^Not dumped: +1749 to 1908$/mu);
    expect(stdout).toMatch(/^Comment: +a comment with "quotes"$/mu);
  });

  it.each([
    ["empty.vcd", "", "empty"],
    ["notes.txt", "buy milk\n", "not-waveform"],
    ["wave.ghw", "GHDLwave\n\u0010\u0000\u0005", "unsupported-format"],
  ])("exits with 1 and says why %s cannot be read", async (name, content, code) => {
    const path = sandbox.write(name, content);
    const text = await sandbox.run("inspect", path);
    expect(text.code).toBe(1);
    expect(text.stderr).toContain(path);
    expect(text.stderr).not.toMatch(/\n\s+at /u);
    expect((await sandbox.run("inspect", path, "--json")).json()).toMatchObject({ error: { code } });
  });

  it("says what is missing or no file", async () => {
    expect((await sandbox.run("inspect", "absent.vcd", "--json")).json()).toMatchObject({
      error: { code: "not-found" },
    });
    mkdirSync(join(sandbox.workspace, "folder"));
    expect((await sandbox.run("inspect", "folder", "--json")).json()).toMatchObject({
      error: { code: "not-a-file" },
    });
  });
});

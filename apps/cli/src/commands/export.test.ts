import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createSandbox, type Sandbox } from "../test/run-command.js";
import { smallVcd } from "../test/waveform.js";

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = createSandbox();
});
afterEach(() => sandbox[Symbol.dispose]());

describe("export", () => {
  it("writes a file that holds the same", async () => {
    sandbox.write("in.vcd", smallVcd);
    sandbox.write("out.vcd", "old");
    const { code, stdout } = await sandbox.run("export", "in.vcd", "-o", "out.vcd");
    expect([code, stdout]).toEqual([0, expect.stringContaining("2 variables, 5 transitions")]);
    const inspect = async (name: string) => (await sandbox.run("inspect", name, "--json")).json();
    expect(await inspect("out.vcd")).toEqual(await inspect("in.vcd"));
    const again = await sandbox.run("export", "out.vcd", "--output", "again.vcd", "--json");
    expect(again.json()).toMatchObject({ output: "again.vcd", variables: 2, transitions: 5 });
  });

  it("refuses to overwrite its input, and leaves what it cannot replace alone", async () => {
    sandbox.write("in.vcd", smallVcd);
    const same = await sandbox.run("export", "in.vcd", "-o", "./in.vcd");
    expect(same.code).toBe(1);
    expect(same.stderr).toContain("itself");
    expect(readFileSync(join(sandbox.workspace, "in.vcd"), "utf8")).toBe(smallVcd);
    sandbox.write("bad.vcd", "buy milk");
    sandbox.write("out.vcd", "old");
    expect((await sandbox.run("export", "bad.vcd", "-o", "out.vcd")).code).toBe(1);
    expect(readFileSync(join(sandbox.workspace, "out.vcd"), "utf8")).toBe("old");
  });

  it("needs to be told where to", async () => {
    const { code, stderr } = await sandbox.run("export", "in.vcd");
    expect(code).toBe(2);
    expect(stderr).toContain("--output");
  });
});

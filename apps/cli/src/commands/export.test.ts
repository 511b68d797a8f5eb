import { once } from "node:events";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fileAppears } from "../test/file-appears.js";
import { createSandbox, startCommand, type Sandbox } from "../test/run-command.js";
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

  it("leaves nothing behind when it is interrupted while it writes", async () => {
    // Large enough to be interrupted long before its end.
    const changes = Array.from(
      { length: 600_000 },
      (_, tick) => `#${tick + 10}\nb${tick.toString(2)} "\n1!\n`,
    );
    const input = sandbox.write("in.vcd", smallVcd + changes.join(""));
    sandbox.write("out/out.vcd", "old");
    using begun = fileAppears(join(sandbox.workspace, "out"), (name) => name.endsWith(".tmp"));
    const child = startCommand(sandbox, "export", input, "-o", "out/out.vcd");
    const ended = once(child, "exit");
    await begun.path;
    child.kill("SIGINT");
    expect(await ended).toEqual([null, "SIGINT"]);
    expect(readdirSync(join(sandbox.workspace, "out"))).toEqual(["out.vcd"]);
    expect(readFileSync(join(sandbox.workspace, "out/out.vcd"), "utf8")).toBe("old");
  });

  it("writes the part that is asked for, beginning with the values in force", async () => {
    sandbox.write("in.vcd", smallVcd);
    const part = ["--scope", "top", "--signals", "count", "--from", "1ns", "--to", "3"];
    const outcome = await sandbox.run("export", "in.vcd", "-o", "out.vcd", "--json", ...part);
    expect(outcome.json()).toMatchObject({ variables: 1, transitions: 2 });
    const text = readFileSync(join(sandbox.workspace, "out.vcd"), "utf8");
    expect(text.slice(text.indexOf("#"))).toBe('#1\n$dumpvars\nb0 "\n$end\n#2\nb101 "\n#3\n');
  });

  it.each([
    [["--signals", "top.nothing"], "not-in-file"],
    [["--scope", "bottom"], "not-in-file"],
    [["--from", "soon"], "bad-time"],
  ])("%j is an error that says what", async (args, code) => {
    sandbox.write("in.vcd", smallVcd);
    const outcome = await sandbox.run("export", "in.vcd", "-o", "out.vcd", "--json", ...args);
    expect(outcome.code).toBe(1);
    expect(outcome.json()).toMatchObject({ error: { code } });
  });

  it("needs to be told where to", async () => {
    const { code, stderr } = await sandbox.run("export", "in.vcd");
    expect(code).toBe(2);
    expect(stderr).toContain("--output");
  });
});

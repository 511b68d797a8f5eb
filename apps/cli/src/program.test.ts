import { once } from "node:events";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createProgram } from "./program.js";
import { createSandbox, startCommand, type Sandbox } from "./test/run-command.js";
import { pluginSynonyms, programSynonyms } from "./synonyms.js";
import { userFolders } from "./user-folders.js";

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = createSandbox();
});
afterEach(() => sandbox[Symbol.dispose]());

const commands = (): string[][] => {
  const program = createProgram({ folders: userFolders({}), defaultTarget: "." });
  return program.commands.flatMap((command) => [
    [command.name()],
    ...command.commands.map((child) => [command.name(), child.name()]),
  ]);
};

describe("novywave", () => {
  it("explains itself and every command with --help", async () => {
    expect((await sandbox.run("--help")).stdout).toContain("Exit codes: 0 ok, 1 failed, 2 wrong usage");
    const program = createProgram({ folders: userFolders({}), defaultTarget: "." });
    expect(commands().length).toBeGreaterThan(5);
    for (const command of [
      program,
      ...program.commands,
      ...program.commands.flatMap((parent) => parent.commands),
    ]) {
      expect(command.description(), command.name()).toMatch(/\.$/u);
      for (const option of command.options)
        expect(option.description, `${command.name()} ${option.flags}`).not.toBe("");
      for (const argument of command.registeredArguments)
        expect(argument.description, `${command.name()} ${argument.name()}`).not.toBe("");
    }
  });

  it.each([
    [["frobnicate"], "unknown command 'frobnicate'"],
    [["doctor", "--frobnicate"], "unknown option '--frobnicate'"],
    [["plugins", "enable"], "missing required argument 'id'"],
    [["doctor", "one"], "too many arguments"],
  ])("exits with 2 and says what is wrong with the usage: %j", async (args, message) => {
    const { code, stdout, stderr } = await sandbox.run(...args);
    expect(code).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toContain(message);
    expect(stderr).toContain("--help");
  });

  it.each([
    [["plugins", "approve", "acme.linter", "--yes"], "grant"],
    [["plugins", "rm", "acme.linter"], "remove"],
    [["plugins", "ls"], "list"],
    [["plugins", "biuld"], "build"],
    [["build", "plugins/linter"], "plugins build"],
    [["open", "run.vcd"], "serve"],
    [["inpsect"], "inspect"],
  ])("names the command that was probably meant: %j", async (args, meant) => {
    const { code, stdout, stderr } = await sandbox.run(...args);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain("unknown command");
    expect(stderr).toContain(`(Did you mean ${meant}?)`);
  });

  it("lists only what is a command, and each word for another leads to one", async () => {
    for (const args of [[], ["plugins"]]) {
      const { stdout } = await sandbox.run(...args, "--help");
      expect(stdout).not.toMatch(/No command|^ +(approve|install|uninstall)\b/mu);
    }
    const names = new Set(commands().map((words) => words.join(" ")));
    for (const meant of Object.values(programSynonyms)) expect(names).toContain(meant);
    for (const meant of Object.values(pluginSynonyms)) expect(names).toContain(`plugins ${meant}`);
  });

  // While WebAssembly compiles, nothing but the compiler's own threads may be busy: Node must not take that for the end.
  it.each([
    [["plugins", "smoke", "builtin:hello_world"], 0, "ok  shutdown"],
    [["plugins", "smoke", "builtin:hello_world", "--config", '{"greeting": 7}'], 1, "greeting"],
    [["plugins", "describe", "builtin:hello_world"], 0, "export novywave:plugins/smoke"],
    [["plugins", "dry-run", "hello_world"], 0, "would start"],
    [["--version"], 0, "0.1.0"],
    [["frobnicate"], 2, "unknown command"],
  ])("ends by itself, with its exit code, after it did everything: %j", async (args, code, text) => {
    const outcome = await sandbox.spawn(...args);
    expect(outcome.code, outcome.stderr).toBe(code);
    expect(outcome.stdout + outcome.stderr).toContain(text);
  });

  it("ends quietly when nobody reads what it prints", async () => {
    const child = startCommand(sandbox, "doctor", "--json");
    child.stdout?.destroy();
    let stderr = "";
    child.stderr?.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    const [code] = (await once(child, "close")) as [number];
    expect([code, stderr]).toEqual([0, ""]);
  });
});

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { shippedPluginsFolder } from "../../installation.js";
import { createSandbox, type Sandbox } from "../../test/run-command.js";

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = createSandbox();
});
afterEach(() => sandbox[Symbol.dispose]());

describe("plugins smoke", () => {
  it("R7.1 runs hello_world: init, greet, shutdown", async () => {
    const { code, stdout, stderr } = await sandbox.run(
      "plugins",
      "smoke",
      "hello_world",
      "--config",
      '{"greeting": "Ada"}',
    );
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toContain("novywave.hello_world 0.1.0: Hello from Ada");
    expect(stdout.match(/^ok {2}(\S+)/gmu)).toEqual(["ok  init", "ok  greet", "ok  shutdown"]);
  });

  it("runs a plugin with capabilities in an empty folder of its own", async () => {
    sandbox.write("secret.vcd", "$date $end");
    const artifact = sandbox.write(
      "scanner.wasm",
      readFileSync(join(shippedPluginsFolder, "waveform_scanner_plugin.wasm")),
    );
    const outcome = await sandbox.run("plugins", "smoke", artifact, "--json");
    expect(outcome.code).toBe(0);
    expect(outcome.json()).toMatchObject({
      id: "novywave.waveform_scanner",
      world: "plugin",
      steps: [{ export: "init" }, { export: "handle-event" }, { export: "shutdown" }],
    });
    expect(outcome.stdout).not.toContain("secret");
  });

  it("exits with 1 and names the failure", async () => {
    const outcome = await sandbox.run(
      "plugins",
      "smoke",
      "hello_world",
      "--config",
      '{"greeting": 7}',
      "--json",
    );
    expect(outcome.code).toBe(1);
    expect(outcome.json()).toMatchObject({ error: { code: "init-failed" } });
    const usage = await sandbox.run("plugins", "smoke", "hello_world", "--config", "[1]");
    expect(usage.code).toBe(2);
    expect(usage.stderr).toContain("must be a JSON object");
  });
});

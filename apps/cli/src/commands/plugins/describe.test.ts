import { readFileSync, statSync } from "node:fs";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { shippedPluginsFolder } from "../../installation.js";
import { createSandbox, type Sandbox } from "../../test/run-command.js";

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = createSandbox();
});
afterEach(() => sandbox[Symbol.dispose]());

const scanner = join(shippedPluginsFolder, "waveform_scanner_plugin.wasm");

describe("plugins describe", () => {
  it("prints imports and exports as WIT, size, SHA-256 and producers", async () => {
    const { code, stdout } = await sandbox.run("plugins", "describe", "builtin:waveform_scanner");
    expect(code).toBe(0);
    expect(stdout).toContain(`(${statSync(scanner).size} bytes)`);
    expect(stdout).toContain(createHash("sha256").update(readFileSync(scanner)).digest("hex"));
    expect(stdout).toContain("(ships with NovyWave)");
    expect(stdout).toMatch(/Producer: {2}processed-by componentize-qjs/u);
    expect(stdout).toContain("import novywave:plugins/filesystem@0.1.0");
    expect(stdout).toContain("export novywave:plugins/lifecycle@0.1.0");
  });

  it("takes a file or the id of an entry as well, and describes it as JSON", async () => {
    const byId = (await sandbox.run("plugins", "describe", "waveform_scanner", "--json")).json();
    expect(byId).toMatchObject({
      path: scanner,
      shipped: true,
      world: "plugin",
      requests: ["logging", "filesystem", "watch", "relay"],
      manifest: { id: "novywave.waveform_scanner", channels: ["discovery"] },
    });
    sandbox.write("copy.wasm", readFileSync(scanner));
    const byPath = (await sandbox.run("plugins", "describe", "copy.wasm", "--json")).json();
    expect(byPath).toEqual({ ...(byId as object), path: join(sandbox.workspace, "copy.wasm") });
  });

  it.each([
    ["text", "not-a-component"],
    ["\0asm\x01\0\0\0", "core-module"],
  ])("says what is no component: %j", async (content, code) => {
    sandbox.write("plugin.wasm", content);
    const outcome = await sandbox.run("plugins", "describe", "plugin.wasm", "--json");
    expect(outcome.code).toBe(1);
    expect(outcome.json()).toMatchObject({ error: { code } });
  });

  it("exits with 3 for a component that is no plugin of this host", async () => {
    // An empty component: preamble of layer 1, version 0x0d.
    sandbox.write("plugin.wasm", "\0asm\x0d\0\x01\0");
    const outcome = await sandbox.run("plugins", "describe", "plugin.wasm");
    expect(outcome.code).toBe(3);
    expect(outcome.stderr).toContain("exports neither novywave:plugins/lifecycle nor novywave:plugins/smoke");
  });

  it("says what it cannot find", async () => {
    expect((await sandbox.run("plugins", "describe", "nothing.wasm")).stderr).toContain(
      `${join(sandbox.workspace, "nothing.wasm")} does not exist`,
    );
    expect((await sandbox.run("plugins", "describe", "nobody")).stderr).toContain(
      'There is no plugin "nobody"',
    );
  });
});

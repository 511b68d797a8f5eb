import { once } from "node:events";
import { mkdirSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { fileAppears } from "../../test/file-appears.js";
import { createSandbox, startCommand, type Sandbox } from "../../test/run-command.js";

// A build keeps both cores of a small machine busy for two seconds, and for far longer when other tests do so as well.
vi.setConfig({ testTimeout: 120_000 });

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = createSandbox();
});
afterEach(() => sandbox[Symbol.dispose]());

const manifest = `id = "example.greeter"
version = "0.2.0"
description = "Greets."
authors = ["A. Author"]
license = "MIT"
`;
const source = `import { defineSmokePlugin } from "@novywave/plugin-sdk/guest";
export const smoke = defineSmokePlugin({ init: () => "hello" });
`;

describe("plugins build", () => {
  it("R3.2 builds a plugin that lies anywhere, and --check writes nothing", async () => {
    sandbox.write("greeter/Plugin.toml", manifest);
    sandbox.write("greeter/src/index.ts", source);
    const check = await sandbox.run("plugins", "check", "greeter");
    expect(check.stderr).toBe("");
    expect(check).toMatchObject({ code: 0 });
    expect(check.stdout).toContain("example.greeter 0.2.0");
    expect(check.stdout).toContain("nothing was written");
    const artifact = join(sandbox.workspace, "greeter/dist/example.greeter_plugin.wasm");
    expect(() => readFileSync(artifact)).toThrow("ENOENT");
    const built = await sandbox.run("plugins", "build", "greeter", "--json");
    expect(built.code).toBe(0);
    expect(built.json()).toMatchObject([
      { id: "example.greeter", world: "smoke", file: artifact, written: true },
    ]);
    expect(readFileSync(artifact).subarray(0, 4).toString("latin1")).toBe("\0asm");
  });

  it("says where the manifest is missing or wrong", async () => {
    const missing = await sandbox.run("plugins", "build");
    expect(missing).toMatchObject({ code: 1 });
    expect(missing.stderr).toContain(`there is no Plugin.toml in ${sandbox.workspace} or above it`);
    const unknown = await sandbox.run("plugins", "build", "nobody.knows", "--json");
    expect(unknown).toMatchObject({ code: 1 });
    expect(unknown.json()).toMatchObject({ error: { code: "manifest-missing" } });
    const file = sandbox.write("bad/Plugin.toml", 'id = "Bad Id"\n');
    expect((await sandbox.run("plugins", "build", "bad")).stderr).toContain(`${file}:1`);
  });

  it("leaves nothing behind when it is interrupted", async () => {
    sandbox.write("greeter/Plugin.toml", manifest);
    sandbox.write("greeter/src/index.ts", `${source}for (;;) {}\n`);
    const temporary = join(sandbox.workspace, "tmp");
    mkdirSync(temporary);
    sandbox.env["TMPDIR"] = temporary;
    using begun = fileAppears(temporary, (name) => name.startsWith("novywave-build-"));
    const child = startCommand(sandbox, "plugins", "build", "greeter");
    const ended = once(child, "exit");
    await begun.path;
    child.kill("SIGINT");
    expect(await ended).toEqual([null, "SIGINT"]);
    expect(readdirSync(temporary)).toEqual([]);
    expect(readdirSync(join(sandbox.workspace, "greeter"))).toEqual(["Plugin.toml", "src"]);
  });

  it("refuses an id together with --all", async () => {
    expect(await sandbox.run("plugins", "build", "hello_world", "--all")).toMatchObject({ code: 2 });
  });
});

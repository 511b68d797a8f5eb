import { copyFileSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { shippedPluginsFolder } from "../../installation.js";
import { createSandbox, type Sandbox } from "../../test/run-command.js";

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

interface Report {
  ok: boolean;
  plugins: string[];
  findings: { code: string; severity: string; plugin?: string; action: string; line?: number }[];
}

const check = async (...args: string[]): Promise<Report & { exit: number | null }> => {
  const outcome = await sandbox.run("plugins", "check", "--json", ...args);
  return { ...(outcome.json() as Report), exit: outcome.code };
};
const codes = ({ findings }: Report): string[] =>
  findings.map(({ code, severity, plugin }) => `${severity} ${code} ${plugin}`);

const entry = (id: string, path: string, more = ""): string =>
  `[[plugins.entries]]\nid = "${id}"\nenabled = true\nartifact_path = "${path}"\n${more}\n`;

describe("R3.4 plugins check", () => {
  it("a workspace: artifacts exist, are components for this host, and have the ids of their entries", async () => {
    mkdirSync(join(sandbox.workspace, "bin"));
    copyFileSync(
      join(shippedPluginsFolder, "hello_world_plugin.wasm"),
      join(sandbox.workspace, "bin/hello.wasm"),
    );
    sandbox.write("bin/core.wasm", "\0asm\x01\0\0\0");
    sandbox.write("bin/empty.wasm", "\0asm\x0d\0\x01\0");
    sandbox.write(
      ".novywave",
      `[plugins]\nschema_version = 1\n\n${[
        entry("novywave.hello_world", "builtin:hello_world"),
        entry("acme.other", "bin/hello.wasm"),
        entry("acme.missing", "bin/missing.wasm"),
        entry("acme.core", "bin/core.wasm"),
        entry("acme.empty", "bin/empty.wasm"),
        entry(
          "novywave.waveform_scanner",
          "builtin:waveform_scanner",
          'channels = ["discovery", "log"]\nconfig = { directories = ["gone"], extensions = 7 }',
        ),
      ].join("\n")}`,
    );
    const report = await check();
    expect(codes(report)).toEqual([
      "error id-mismatch acme.other",
      "error artifact-missing acme.missing",
      "error core-module acme.core",
      "error incompatible acme.empty",
      "error config-rejected novywave.waveform_scanner",
      "warning channel-unknown novywave.waveform_scanner",
      "warning folder-missing novywave.waveform_scanner",
    ]);
    expect([report.ok, report.exit]).toEqual([false, 1]);
    expect(report.findings.every(({ action, line }) => action !== "" && line !== undefined)).toBe(true);
    const one = await check("acme.empty");
    expect([codes(one), one.exit]).toEqual([["error incompatible acme.empty"], 3]);
    const text = await sandbox.run("plugins", "check", "acme.core");
    expect(text.stdout).toMatch(
      /^error core-module acme\.core: .*\n {2}at .*\.novywave:\d+\n {2}Make a component/u,
    );
  });

  it("a .novywave with an error is a finding, with its place", async () => {
    sandbox.write(".novywave", "[plugins]\nschema_version = = 1\n");
    const report = await check();
    expect([codes(report), report.exit]).toEqual([["error config-invalid undefined"], 1]);
  });

  it("a plugin's source: it builds, and agrees with the workspace around it", async () => {
    sandbox.write("plugins/greeter/Plugin.toml", manifest);
    sandbox.write("plugins/greeter/src/index.ts", source);
    sandbox.write(
      ".novywave",
      `[plugins]\nschema_version = 1\n\n[[plugins.entries]]\nid = "example.greeter"\nenabled = true\nartifact_path = "other/x.wasm"\n`,
    );
    const report = await check("plugins/greeter");
    expect(codes(report)).toEqual([
      "error artifact-missing example.greeter",
      "warning artifact-path-mismatch example.greeter",
    ]);
    sandbox.write("plugins/wit/timer.wit", "interface timer { cancel: func(); }\n");
    sandbox.write("plugins/greeter/src/index.ts", "export const nothing = 1;\n");
    sandbox.write(".novywave", "[plugins]\nschema_version = 1\n");
    const broken = await check("plugins/greeter");
    expect(codes(broken)).toEqual([
      "error export-missing example.greeter",
      "error wit-mismatch example.greeter",
      "warning not-in-workspace example.greeter",
    ]);
    expect(() => readFileSync(join(sandbox.workspace, "plugins/dist/example.greeter_plugin.wasm"))).toThrow(
      "ENOENT",
    );
  });
});

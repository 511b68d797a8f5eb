import { mkdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { GrantStore, type Capability } from "@novywave/plugin-host";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { shippedPluginsFolder } from "../../installation.js";
import { createSandbox, type Sandbox } from "../../test/run-command.js";

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = createSandbox();
});
afterEach(() => sandbox[Symbol.dispose]());

/** An entry for the shipped scanner under other bytes: one more custom section makes it an unknown artifact. */
function writeStranger(extra = ""): void {
  const scanner = readFileSync(join(shippedPluginsFolder, "waveform_scanner_plugin.wasm"));
  sandbox.write("bin/strange.wasm", Buffer.concat([scanner, Buffer.from([0, 2, 1, 0x78])]));
  sandbox.write(
    ".novywave",
    `[plugins]
schema_version = 1

[[plugins.entries]]
id = "stranger.scanner"
enabled = true
artifact_path = "bin/strange.wasm"
${extra}`,
  );
}

const states = async (): Promise<unknown> => {
  const list = (await sandbox.run("plugins", "list", "--json")).json() as { id: string; state: string }[];
  return list.map(({ id, state }) => `${id} ${state}`);
};

describe("plugins list, without a server", () => {
  it("lists what ships where there is no .novywave, and exits with 0", async () => {
    expect(await states()).toEqual([
      "novywave.hello_world not-running",
      "novywave.waveform_scanner not-running",
      "novywave.auto_reload not-running",
    ]);
    const text = await sandbox.run("plugins", "list");
    expect(text.code).toBe(0);
    expect(text.stderr).toBe(
      `No server runs for ${sandbox.workspace}: this is how its plugins would start.\n`,
    );
    expect(text.stdout).toMatch(/^PLUGIN +VERSION +STATE +MESSAGE$/mu);
    expect(text.stdout).toMatch(/^novywave\.auto_reload +0\.1\.0 +not-running +Refreshes the timeline/mu);
  });

  it("tells what is disabled, missing, incompatible or waits for consent", async () => {
    writeStranger(`
[[plugins.entries]]
id = "a.missing"
enabled = true
artifact_path = "bin/missing.wasm"

[[plugins.entries]]
id = "an.empty_component"
enabled = true
artifact_path = "bin/empty.wasm"

[[plugins.entries]]
id = "novywave.hello_world"
enabled = false
artifact_path = "builtin:hello_world"
`);
    sandbox.write("bin/empty.wasm", "\0asm\x0d\0\x01\0");
    expect(await states()).toEqual([
      "stranger.scanner needs-consent",
      "a.missing error",
      "an.empty_component incompatible",
      "novywave.hello_world disabled",
    ]);
    const { stdout } = await sandbox.run("plugins", "list");
    expect(stdout).toMatch(/^stranger\.scanner +0\.1\.0 +needs-consent +This artifact does not ship/mu);
    expect(stdout).toMatch(/^a\.missing +- +error +\S.*missing\.wasm/mu);
    expect(stdout).toMatch(/\n\nstranger\.scanner: .* novywave plugins grant stranger\.scanner\n$/u);
  });
});

describe("plugins dry-run", () => {
  it("R6.6 exits with 0, 3 or 4 and says why, without running anything", async () => {
    writeStranger(`
[[plugins.entries]]
id = "an.empty_component"
enabled = true
artifact_path = "bin/empty.wasm"

[[plugins.entries]]
id = "novywave.hello_world"
enabled = true
artifact_path = "builtin:hello_world"
config = { greeting = 7 }
`);
    sandbox.write("bin/empty.wasm", "\0asm\x0d\0\x01\0");
    const asking = await sandbox.run("plugins", "dry-run", "stranger.scanner");
    expect(asking.code).toBe(4);
    expect(asking.stdout).toContain("It would not start: you have not approved this artifact.");
    expect(asking.stdout).toMatch(/capabilities, and gives as reasons:\n {2}logging {5}\S/u);
    const json = await sandbox.run("plugins", "dry-run", "stranger.scanner", "--json");
    expect(json.code).toBe(4);
    expect(json.json()).toMatchObject({
      compatible: true,
      granted: false,
      needs: { artifact: true, capabilities: ["logging", "filesystem", "watch", "relay"] },
    });
    expect((await sandbox.run("plugins", "dry-run", "an.empty_component")).code).toBe(3);
    const wrong = await sandbox.run("plugins", "dry-run", "hello_world");
    expect(wrong.code).toBe(1);
    expect(wrong.stderr).toContain("invalid config key");
  });

  it("shows an artifact that is no entry: its imports against the host, and what it would ask for", async () => {
    writeStranger();
    const file = await sandbox.run("plugins", "dry-run", "bin/strange.wasm", "--json");
    expect([file.code, file.json()]).toMatchObject([
      4,
      {
        id: "novywave.waveform_scanner",
        enabled: null,
        compatible: true,
        world: "plugin",
        disagreements: [],
        imports: expect.arrayContaining([
          {
            kind: "offered",
            name: "novywave:plugins/relay@0.1.0",
            capability: "relay",
            functions: ["publish"],
          },
        ]),
        channels: ["discovery"],
        limits: expect.arrayContaining([{ name: "memory_mib", value: 64, default: 64, granted: true }]),
        difference: null,
      },
    ]);
    sandbox.write("bin/empty.wasm", "\0asm\x0d\0\x01\0");
    const empty = await sandbox.run("plugins", "dry-run", "bin/empty.wasm", "--json");
    expect([empty.code, empty.json()]).toMatchObject([
      3,
      {
        compatible: false,
        world: null,
        problems: [{ code: "incompatible", action: expect.stringContaining("Build the plugin") }],
      },
    ]);
    sandbox.write("bin/core.wasm", "\0asm\x01\0\0\0");
    expect(await sandbox.run("plugins", "dry-run", "bin/core.wasm")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("core WebAssembly module"),
    });
  });

  it("would start a shipped plugin", async () => {
    const { code, stdout } = await sandbox.run("plugins", "dry-run", "waveform_scanner");
    expect([code, stdout]).toEqual([0, expect.stringContaining("ships with NovyWave and would start")]);
  });
});

describe("plugins grant and revoke", () => {
  it("approves the hash with its capabilities, in a file of this user alone, and takes it back", async () => {
    writeStranger();
    const refused = await sandbox.run("plugins", "grant", "stranger.scanner");
    expect(refused.code).toBe(4);
    expect(refused.stderr).toMatch(/^ {2}filesystem {2}Lists the files/mu);
    expect(refused.stderr).toMatch(/^SHA-256: {3}[0-9a-f]{64}$/mu);
    expect(refused.stderr).toContain("Give --yes if you agree");
    expect(await states()).toEqual(["stranger.scanner needs-consent"]);

    const granted = await sandbox.run("plugins", "grant", "stranger.scanner", "--yes", "--json");
    expect(granted.code).toBe(0);
    const file = join(sandbox.env["NOVYWAVE_CONFIG_HOME"] ?? "", "grants.json");
    expect(granted.json()).toMatchObject({ id: "stranger.scanner", changed: true, file });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(await states()).toEqual(["stranger.scanner not-running"]);
    expect((await sandbox.run("plugins", "dry-run", "stranger.scanner")).code).toBe(0);
    expect((await sandbox.run("plugins", "grant", "stranger.scanner", "--json")).json()).toMatchObject({
      changed: false,
    });

    expect((await sandbox.run("plugins", "revoke", "stranger.scanner", "--json")).json()).toEqual({
      id: "stranger.scanner",
      revoked: 1,
    });
    expect(await states()).toEqual(["stranger.scanner needs-consent"]);
    const again = await sandbox.run("plugins", "revoke", "stranger.scanner");
    expect(again.code).toBe(1);
    expect(again.stderr).toContain("Nothing was ever approved");

    // By the id of this workspace, whatever id it bore when it was approved; and where .novywave cannot be read.
    await sandbox.run("plugins", "grant", "stranger.scanner", "--yes");
    const config = readFileSync(join(sandbox.workspace, ".novywave"), "utf8");
    sandbox.write(".novywave", config.replace("stranger.scanner", "other.scanner"));
    expect(await states()).toEqual(["other.scanner not-running"]);
    expect((await sandbox.run("plugins", "revoke", "other.scanner")).code).toBe(0);
    expect(await states()).toEqual(["other.scanner needs-consent"]);
    await sandbox.run("plugins", "grant", "other.scanner", "--yes");
    sandbox.write(".novywave", "= broken\n");
    expect((await sandbox.run("plugins", "revoke", "other.scanner")).code).toBe(0);
  });

  it("asks for folders outside of the workspace and raised limits, also of a shipped plugin", async () => {
    const outside = join(sandbox.workspace, "../outside");
    mkdirSync(outside);
    sandbox.write(
      ".novywave",
      `[plugins]
schema_version = 1

[[plugins.entries]]
id = "novywave.waveform_scanner"
enabled = true
artifact_path = "builtin:waveform_scanner"
config = { directories = [".", "../outside"] }
limits = { memory_mib = 128 }
`,
    );
    const outcome = await sandbox.run("plugins", "dry-run", "waveform_scanner", "--json");
    expect(outcome.code).toBe(4);
    const folder = join(sandbox.workspace, "..", "outside");
    expect(outcome.json()).toMatchObject({
      needs: { artifact: false, capabilities: [], folders: [folder], limits: { memoryMib: 128 } },
    });
    const granted = await sandbox.run("plugins", "grant", "waveform_scanner", "--yes");
    expect(granted.code).toBe(0);
    expect(granted.stderr).toContain(
      `outside of the workspace:\n  ${folder}  (config.directories of its entry names it)\n`,
    );
    expect(granted.stderr).toContain(
      "more than the usual limits:\n  memory_mib  128 instead of 64  (limits.memory_mib of its entry sets it)\n",
    );
    expect((await sandbox.run("plugins", "dry-run", "waveform_scanner")).code).toBe(0);
  });

  it("says of what was denied in the page that it was, and how to change one's mind", async () => {
    writeStranger();
    const { sha256, needs } = (
      await sandbox.run("plugins", "dry-run", "stranger.scanner", "--json")
    ).json() as { sha256: string; needs: { capabilities: Capability[] } };
    const store = await GrantStore.open(sandbox.env["NOVYWAVE_CONFIG_HOME"] ?? "");
    const denial = { sha256, pluginId: "stranger.scanner", folders: [], limits: {} };
    await store.deny({ ...denial, capabilities: needs.capabilities }, { by: "panel" });
    const list = await sandbox.run("plugins", "list");
    expect(list.stdout).toMatch(/^stranger\.scanner +0\.1\.0 +needs-consent +You denied what it asks for$/mu);
    expect(list.stdout).toContain("If you have changed your mind");
    const check = await sandbox.run("plugins", "check", "stranger.scanner", "--json");
    expect(check.json()).toMatchObject({
      findings: expect.arrayContaining([expect.objectContaining({ code: "denied", severity: "warning" })]),
    });
    expect((await sandbox.run("plugins", "grant", "stranger.scanner", "--yes")).code).toBe(0);
    expect(await states()).toEqual(["stranger.scanner not-running"]);
    await sandbox.run("plugins", "revoke", "stranger.scanner");
    expect((await sandbox.run("plugins", "list")).stdout).not.toContain("denied");
  });

  it("refuses to approve the whole file system unless that is said", async () => {
    writeStranger('config = { directories = ["/"] }\n');
    const refused = await sandbox.run("plugins", "grant", "stranger.scanner", "--yes");
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain("/ is the whole file system");
    expect((await sandbox.run("plugins", "grant", "stranger.scanner", "--yes", "--allow-root")).code).toBe(0);
  });
});

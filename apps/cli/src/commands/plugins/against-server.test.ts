import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { startServer, type RunningServer } from "@novywave/server";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { shippedPluginsFolder } from "../../installation.js";
import { shippedArtifacts } from "../../shipped-artifacts.js";
import { createSandbox, startCommand, type Sandbox } from "../../test/run-command.js";

/** A busy machine takes its time. */
const patient = { timeout: 20_000 };

let sandbox: Sandbox;
let server: RunningServer | undefined;
beforeEach(() => {
  sandbox = createSandbox();
});
afterEach(async () => {
  await server?.stop();
  server = undefined;
  sandbox[Symbol.dispose]();
});

async function serve(options: { readonly logFile?: string } = {}): Promise<void> {
  const folder = (name: string): string => sandbox.env[`NOVYWAVE_${name}_HOME`] ?? "";
  server = await startServer({
    target: { kind: "folder", path: sandbox.workspace },
    port: 0,
    uiFolder: sandbox.workspace,
    builtins: await shippedArtifacts(),
    transport: "in-process",
    userFolders: {
      config: folder("CONFIG"),
      state: folder("STATE"),
      cache: folder("CACHE"),
      runtime: folder("RUNTIME"),
    },
    ...options,
  });
}

const shipped = (name: string): Buffer => readFileSync(join(shippedPluginsFolder, `${name}_plugin.wasm`));
/** The same plugin under a hash that nobody knows. */
const stranger = (name: string): Buffer => Buffer.concat([shipped(name), Buffer.from([0, 2, 1, 0x78])]);
const config = (): string => readFileSync(join(sandbox.workspace, ".novywave"), "utf8");
const stateOf = async (id: string): Promise<string | undefined> => {
  const list = (await sandbox.run("plugins", "list", "--json")).json() as { id: string; state: string }[];
  return list.find((plugin) => plugin.id === id)?.state;
};

describe("commands while a server runs", () => {
  it("enable and disable act on it, and say how the plugin is then", async () => {
    await serve();
    const off = await sandbox.run("plugins", "disable", "hello_world", "--json");
    expect(off.json()).toMatchObject({ id: "novywave.hello_world", enabled: false, state: "disabled" });
    expect(config()).toContain("enabled = false");
    const on = await sandbox.run("plugins", "enable", "hello_world");
    expect(on).toMatchObject({ code: 0, stderr: "" });
    expect(on.stdout).toMatch(/is now enabled in .*\nready: Hello/u);
  });

  it("add, grant, retry, revoke and remove are followed at once", async () => {
    await serve();
    sandbox.write("bin/strange.wasm", stranger("hello_world"));
    const added = await sandbox.run("plugins", "add", "bin/strange.wasm", "--id", "acme.x", "--json");
    expect(added.json()).toMatchObject({
      id: "acme.x",
      artifactPath: "bin/strange.wasm",
      copied: false,
      state: "needs-consent",
    });
    expect((await sandbox.run("plugins", "retry", "acme.x")).code).toBe(4);
    expect((await sandbox.run("plugins", "grant", "acme.x", "--yes")).code).toBe(0);
    const retried = await sandbox.run("plugins", "retry", "acme.x", "--json");
    expect([retried.code, retried.json()]).toMatchObject([0, { id: "acme.x", state: "ready" }]);
    expect((await sandbox.run("plugins", "revoke", "acme.x")).code).toBe(0);
    await expect.poll(() => stateOf("acme.x"), patient).toBe("needs-consent");
    expect((await sandbox.run("plugins", "remove", "acme.x")).code).toBe(0);
    await expect.poll(() => stateOf("acme.x"), patient).toBeUndefined();
  });

  it("R9.5 logs shows what was logged and goes on with --follow; stats what was used", async () => {
    sandbox.write("a.vcd", "$timescale 1ns $end\n$enddefinitions $end\n#0\n");
    await serve();
    const logged = async (): Promise<string> => (await sandbox.run("plugins", "logs")).stdout;
    await expect.poll(logged, patient).toMatch(/^\S+Z info {2}novywave\.waveform_scanner: .*1/mu);
    const json = await sandbox.run("plugins", "logs", "waveform_scanner", "--json");
    expect(json.json()).toContainEqual(
      expect.objectContaining({ pluginId: "novywave.waveform_scanner", level: "info" }),
    );
    const child = startCommand(sandbox, "plugins", "logs", "--follow", "--json");
    let out = "";
    child.stdout?.setEncoding("utf8").on("data", (text: string) => (out += text));
    await expect.poll(() => out.split("\n").length, patient).toBeGreaterThan(1);
    const before = out.split("\n").length;
    sandbox.write("b.vcd", "$timescale 1ns $end\n$enddefinitions $end\n#0\n");
    await expect.poll(() => out.split("\n").length, patient).toBeGreaterThan(before);
    const ended = once(child, "exit");
    await server?.stop();
    server = undefined;
    expect(await ended).toEqual([0, null]);
  });

  it("stats prints counters of each plugin", async () => {
    await serve();
    const stats = async (): Promise<unknown> =>
      (await sandbox.run("plugins", "stats", "hello_world", "--json")).json();
    await expect
      .poll(stats, patient)
      .toMatchObject([{ id: "novywave.hello_world", state: "ready", stats: { starts: 1 } }]);
    expect((await sandbox.run("plugins", "stats")).stdout).toMatch(/^PLUGIN +STATE +DEATHS +STARTS/mu);
    expect((await sandbox.run("plugins", "stats", "nobody")).code).toBe(1);
  });
});

describe("commands while none runs", () => {
  it("R9.5 logs shows what earlier servers wrote, and goes on with what the next one writes", async () => {
    await serve();
    const logged = async (): Promise<unknown> =>
      (await sandbox.run("plugins", "logs", "waveform_scanner", "--json")).json();
    await expect.poll(logged, patient).not.toHaveLength(0);
    const [before] = (await logged()) as { time: number }[];
    await server?.stop();
    server = undefined;
    // The same; its time is when it was written.
    const [after] = (await logged()) as { time: number }[];
    expect(after).toEqual({ ...before, time: expect.closeTo(before?.time ?? 0, -4) });
    const text = await sandbox.run("plugins", "logs");
    expect(text.stdout).toMatch(/^\S+Z info {2}novywave\.waveform_scanner: /mu);
    expect(text.stderr).toMatch(/^No server runs for .*dev_server\.log/u);
    expect((await sandbox.run("plugins", "logs", "nobody")).code).toBe(1);

    const child = startCommand(sandbox, "plugins", "logs", "waveform_scanner", "--follow", "--json");
    let out = "";
    child.stdout?.setEncoding("utf8").on("data", (more: string) => (out += more));
    await expect.poll(() => out.split("\n").length, patient).toBeGreaterThan(1);
    const lines = out.split("\n").length;
    await serve();
    await expect.poll(() => out.split("\n").length, patient).toBeGreaterThan(lines);
    const ended = once(child, "exit");
    child.kill("SIGINT");
    expect(await ended).toEqual([null, "SIGINT"]);
  });

  it("logs --log FILE reads what serve --log FILE wrote, whether that server runs or not", async () => {
    const logFile = join(sandbox.workspace, "..", "mine.log");
    await serve({ logFile });
    const logged = async (): Promise<unknown> =>
      (await sandbox.run("plugins", "logs", "waveform_scanner", "--log", logFile, "--json")).json();
    await expect.poll(logged, patient).not.toHaveLength(0);
    await server?.stop();
    server = undefined;
    expect(await logged()).not.toHaveLength(0);
    const text = await sandbox.run("plugins", "logs", "--log", logFile);
    expect(text.stdout).toMatch(/^\S+Z info {2}novywave\.waveform_scanner: /mu);
    expect(text.stderr).toMatch(/^This is what .*mine\.log has of /u);
    const missing = await sandbox.run("plugins", "logs", "--log", `${logFile}.gone`);
    expect([missing.code, missing.stderr]).toEqual([1, expect.stringContaining("There is no log ")]);
  });

  it("stats has nothing to show and exits with 0; logs and retry say what they need", async () => {
    expect(await sandbox.run("plugins", "stats", "--json")).toMatchObject({ code: 0, stdout: "[]\n" });
    const logs = await sandbox.run("plugins", "logs");
    expect(logs.code).toBe(1);
    expect(logs.stderr).toMatch(/No server runs for .* no log .*dev_server\.log/u);
    const retry = await sandbox.run("plugins", "retry", "hello_world", "--json");
    expect([retry.code, retry.json()]).toMatchObject([1, { error: { code: "not-running" } }]);
  });
});

describe("plugins add and remove", () => {
  it("R2.3 writes an entry and leaves every other byte alone; removing it gives the old file back", async () => {
    const before = "# mine\n[plugins]\nschema_version = 1\n\n[ui]\ntheme = 'dark'   # as I like it\n";
    sandbox.write(".novywave", before);
    sandbox.write("bin/x.wasm", stranger("hello_world"));
    const added = await sandbox.run("plugins", "add", "bin/x.wasm", "--id", "acme.x", "--disabled");
    expect(added.code).toBe(0);
    for (const line of before.trimEnd().split("\n")) expect(config().split("\n")).toContain(line);
    expect(config()).toContain('artifact_path = "bin/x.wasm"');
    expect(config()).toContain("enabled = false");
    const twice = await sandbox.run("plugins", "add", "bin/x.wasm", "--id", "acme.x");
    expect([twice.code, twice.stderr]).toEqual([1, expect.stringContaining('has a plugin "acme.x" already')]);
    const removed = await sandbox.run("plugins", "remove", "acme.x", "--json");
    expect(removed.json()).toMatchObject({ id: "acme.x", artifactPath: "bin/x.wasm" });
    expect(config()).not.toContain("acme.x");
    expect(config()).toContain("theme = 'dark'   # as I like it");
    expect((await sandbox.run("plugins", "remove", "acme.x")).stderr).toContain(
      'There is no plugin "acme.x"',
    );
  });

  it("copies an artifact from elsewhere with the manifest beside it, over nothing that is there", async () => {
    const outside = sandbox.write("../elsewhere/x.wasm", stranger("hello_world"));
    sandbox.write("../elsewhere/x.wasm.toml", "# no matter: it has one inside\n");
    const added = await sandbox.run("plugins", "add", outside, "--id", "acme.x", "--json");
    expect(added.json()).toMatchObject({ artifactPath: "plugins/x.wasm", copied: true });
    expect(readFileSync(join(sandbox.workspace, "plugins/x.wasm"))).toEqual(stranger("hello_world"));
    expect(readFileSync(join(sandbox.workspace, "plugins/x.wasm.toml"), "utf8")).toContain("no matter");
    const again = await sandbox.run("plugins", "add", outside, "--id", "acme.y");
    expect([again.code, again.stderr]).toEqual([1, expect.stringContaining("exists already")]);
    expect(config()).not.toContain("acme.y");
  });

  it("adds nothing that is no plugin", async () => {
    sandbox.write("bin/text.wasm", "hello, I am text");
    const text = await sandbox.run("plugins", "add", "bin/text.wasm", "--json");
    expect([text.code, text.json()]).toMatchObject([1, { error: { code: "not-a-component" } }]);
    expect((await sandbox.run("plugins", "add", "bin/none.wasm")).stderr).toContain("There is no file");
    expect(config).toThrow("ENOENT");
  });
});

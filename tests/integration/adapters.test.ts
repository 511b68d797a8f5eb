import { copyFile, mkdir, readFile, realpath, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { runPlugin, type PluginRun, type RunPluginOptions } from "@novywave/plugin-host/testing";
import { connectToServer, type ServerClient } from "@novywave/server";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { oldPlugin } from "../support/examples.js";
import {
  makeSandbox,
  novywave,
  repository,
  serve,
  stateWhere,
  type Sandbox,
  type Serving,
} from "../support/novywave.js";

let run: PluginRun | undefined;
afterEach(async () => {
  await run?.dispose();
  run = undefined;
});

async function start(
  name: Parameters<typeof oldPlugin>[0],
  options: Omit<RunPluginOptions, "artifact"> = {},
): Promise<PluginRun> {
  run = await runPlugin({ ...options, artifact: oldPlugin(name) });
  return run;
}

/** What it logged and published since the last time. */
function news({ logs, events, workspace }: PluginRun, seen: { logs: number; events: number }): string[] {
  const said = logs.slice(seen.logs).map(({ message }) => message);
  const told = events.slice(seen.events).map((event) => {
    if (event.tag === "log") return `log ${event.val}`;
    return `${event.tag} ${(event.tag === "discovery" ? event.val.discovered : event.val).join(" ")}`;
  });
  Object.assign(seen, { logs: logs.length, events: events.length });
  return [...said, ...told].map((text) => text.replaceAll(workspace, "/w"));
}

describe("hello-world, published for NovyWave 0.2", () => {
  it("runs unmodified and logs; what is known about it is its manifest", async () => {
    const plugin = await start("hello_world");
    expect(plugin.metadata).toMatchObject({
      description: "A hello-world plugin for NovyWave 0.2",
      capabilities: ["logging"],
    });
    await plugin.dispose();
    expect(plugin.logs.map(({ message }) => message)).toEqual([
      "Hello from a plugin of NovyWave 0.2",
      "Goodbye",
    ]);
  });
});

describe("reload-watcher, published for NovyWave 0.2", () => {
  it("asks for those of the opened files that changed, and follows what is open", async () => {
    const seen = { logs: 0, events: 0 };
    const files = { "a.vcd": "", "sub/b.vcd": "", "sub/c.vcd": "" };
    const plugin = await start("reload_watcher", { files, openedFiles: ["a.vcd", "/etc/passwd"] });
    expect(news(plugin, seen)).toEqual(["watching 1 files"]);
    await plugin.change("sub/b.vcd");
    expect(news(plugin, seen)).toEqual([]);
    await plugin.change("a.vcd", "sub/b.vcd");
    expect(news(plugin, seen)).toEqual(["reloading 1 files", "refresh-timeline /w/a.vcd"]);

    await plugin.openFiles("sub/b.vcd", "sub/c.vcd");
    expect(news(plugin, seen)).toEqual(["watching 2 files"]);
    await plugin.change("a.vcd");
    expect(news(plugin, seen)).toEqual([]);
    // A folder stands for all below it.
    await plugin.change("sub");
    expect(news(plugin, seen)).toEqual(["reloading 2 files", "refresh-timeline /w/sub/b.vcd /w/sub/c.vcd"]);
    await plugin.remove("sub/c.vcd");
    await plugin.change("sub/c.vcd");
    expect(news(plugin, seen)).toEqual(["reloading 1 files", "refresh-timeline /w/sub/c.vcd"]);

    await plugin.openFiles();
    await plugin.change("sub/b.vcd");
    expect(news(plugin, seen)).toEqual(["watching 0 files"]);
  });
});

describe("files-discovery, published for NovyWave 0.2", () => {
  const config = {
    patterns: ["runs/**/*.vcd", "top.*", "!**/skipped.vcd"],
    allow_extensions: ["vcd", "FST"],
    debounce_ms: 300,
    base_dir: ".",
  };

  it("finds what is there after its debounce, and what comes and goes", async () => {
    const seen = { logs: 0, events: 0 };
    const files = {
      "runs/1/a.vcd": "",
      "runs/skipped.vcd": "",
      "top.fst": "",
      "top.txt": "",
      "other.vcd": "",
    };
    const plugin = await start("files_discovery", { config, files });
    expect(news(plugin, seen)).toEqual([]);
    await plugin.advance(299);
    expect(news(plugin, seen)).toEqual([]);
    await plugin.advance(1);
    expect(news(plugin, seen)).toEqual(["found 2 files", "discovery /w/runs/1/a.vcd /w/top.fst"]);

    await plugin.write("runs/2/b.vcd", "");
    await plugin.change("runs/2/b.vcd");
    expect(news(plugin, seen)).toEqual([
      "found 1 files",
      "discovery /w/runs/1/a.vcd /w/runs/2/b.vcd /w/top.fst",
    ]);
    // Known already: nothing is told twice.
    await plugin.change("runs/2/b.vcd", "other.vcd");
    expect(news(plugin, seen)).toEqual(["found 1 files"]);

    await plugin.remove("runs/1/a.vcd");
    await plugin.change("runs/1/a.vcd");
    expect(news(plugin, seen)).toEqual(["discovery /w/runs/2/b.vcd /w/top.fst"]);
    // A folder that is gone takes all below it along; one that is there stands for all below it.
    await plugin.remove("runs");
    await plugin.write("runs/3/c.vcd", "");
    await plugin.change("runs/2", "runs/3");
    expect(news(plugin, seen)).toEqual(["found 1 files", "discovery /w/runs/3/c.vcd /w/top.fst"]);
    await plugin.remove("top.fst");
    await plugin.change(".");
    expect(news(plugin, seen)).toEqual(["found 1 files", "discovery /w/runs/3/c.vcd"]);
  });

  it("leaves alone what is open, and hears when that changes", async () => {
    const seen = { logs: 0, events: 0 };
    const files = { "top.vcd": "", "top.fst": "" };
    const plugin = await start("files_discovery", { config, files, openedFiles: ["top.vcd"] });
    await plugin.advance(300);
    expect(news(plugin, seen)).toEqual(["found 1 files", "discovery /w/top.fst"]);
    await plugin.openFiles("top.fst");
    // The one that is closed now belongs to what it found.
    expect(news(plugin, seen)).toEqual([
      "1 files are open",
      "found 1 files",
      "discovery /w/top.fst /w/top.vcd",
    ]);
    await plugin.openFiles();
    expect(news(plugin, seen)).toEqual(["0 files are open"]);
  });

  it("tells a tree of thousands of files in portions, whole", async () => {
    const files = Object.fromEntries(
      Array.from({ length: 12_000 }, (_, i) => [`runs/${i % 40}/${i}.vcd`, ""]),
    );
    const plugin = await start("files_discovery", { config, files });
    await plugin.advance(300);
    expect(plugin.logs.map(({ message }) => message)).toEqual(["found 10000 files", "found 2000 files"]);
    expect(plugin.events).toHaveLength(1);
    expect(plugin.events[0]).toMatchObject({ tag: "discovery", val: { discovered: { length: 12_000 } } });
  });

  it("cannot look outside of its grant, whatever its configuration says", async () => {
    const plugin = await start("files_discovery", { config: { ...config, base_dir: "/etc" } });
    await plugin.advance(300);
    expect(plugin.events).toEqual([]);
    expect(plugin.audit).toContainEqual(
      expect.objectContaining({ decision: "denied", capability: "watch", scope: "/etc" }),
    );
  });
});

function entry(name: string, config = ""): string {
  return `
[[plugins.entries]]
id = "old.${name}"
enabled = true
artifact_path = "plugins/${name}.wasm"
${config}
`;
}

describe("plugins published for NovyWave 0.2, in a running server", { timeout: 60_000 }, () => {
  let sandbox: Sandbox;
  let serving: Serving | undefined;
  let client: ServerClient | undefined;
  beforeEach(async () => {
    sandbox = await makeSandbox();
  });
  afterEach(async () => {
    client?.close();
    await serving?.stop();
    serving = undefined;
    client = undefined;
    await sandbox.remove();
  });

  it("ask for the folder of their configuration where it lies outside", async () => {
    const { workspace, root, env } = sandbox;
    const elsewhere = path.join(root, "elsewhere");
    await mkdir(elsewhere);
    await copyFile(oldPlugin("files_discovery"), path.join(workspace, "discovery.wasm"));
    await writeFile(
      path.join(workspace, ".novywave"),
      `[plugins]\nschema_version = 1\n[[plugins.entries]]\nid = "old.discovery"\nenabled = true
artifact_path = "discovery.wasm"\nconfig = { base_dir = "${elsewhere}" }\n`,
    );
    const asked = await novywave(["plugins", "dry-run", "old.discovery", "-w", workspace, "--json"], { env });
    expect(asked.code).toBe(4);
    expect(JSON.parse(asked.stdout)).toMatchObject({
      world: "files-discovery",
      compatible: true,
      channels: ["discovery"],
      needs: {
        capabilities: ["logging", "filesystem", "watch", "relay", "config"],
        folders: [await realpath(elsewhere)],
      },
    });
  });

  it("find files and reload the opened ones when they change; each had to be approved", async () => {
    const { workspace, env } = sandbox;
    await mkdir(path.join(workspace, "plugins"));
    await mkdir(path.join(workspace, "runs"));
    for (const name of ["reload_watcher", "files_discovery", "hello_world"] as const) {
      await copyFile(oldPlugin(name), path.join(workspace, `plugins/${name}.wasm`));
    }
    const wave = path.join(workspace, "runs/a.vcd");
    const waves = path.join(repository, "tests/fixtures/waveforms");
    await copyFile(path.join(waves, "counter_short.vcd"), wave);
    await copyFile(wave, path.join(workspace, "runs/ignored.vcd"));
    const discovery = `config = { patterns = ["a.*", "b.*"], allow_extensions = ["vcd"], debounce_ms = 50, base_dir = "runs" }`;
    await writeFile(
      path.join(workspace, ".novywave"),
      `[plugins]\nschema_version = 1\n${entry("files_discovery", discovery)}${entry("reload_watcher")}${entry("hello_world")}`,
    );
    serving = await serve([workspace], env);
    await stateWhere(serving, "all waiting for consent", ({ plugins }) =>
      plugins.every(({ state }) => state === "needs-consent"),
    );
    for (const name of ["files_discovery", "reload_watcher", "hello_world"]) {
      const granted = await novywave(["plugins", "grant", `old.${name}`, "--yes", "-w", workspace], { env });
      expect(granted, name).toMatchObject({ code: 0 });
    }
    const found = await stateWhere(
      serving,
      "all ready, and the one file found",
      ({ plugins, files }) =>
        plugins.every(({ state }) => state === "ready") && files.some(({ state }) => state === "ready"),
    );
    expect(found.files.map((file) => file.path)).toEqual([wave]);

    const connected = await connectToServer({ host: "127.0.0.1", ...serving });
    if (!connected.ok) throw new Error(connected.error.message);
    client = connected.value;
    const watching = new Promise<void>((resolve) => {
      client?.events((event) => {
        if (event.kind === "plugin-log" && event.message === "watching 1 files") resolve();
      });
    });
    expect(await client.request("file.open", { path: wave })).toMatchObject({ ok: true });
    await client.until("files", (files) => files.some(({ open, state }) => open && state === "ready"));
    // Not before it watches: what is written earlier is in the file that was read.
    await watching;

    const end = found.files[0]?.end;
    await writeFile(`${wave}.new`, await readFile(path.join(waves, "counter_long.vcd")));
    await rename(`${wave}.new`, wave);
    await stateWhere(serving, "the file read again", ({ files }) => files[0]?.end !== end);

    await copyFile(wave, path.join(workspace, "runs/b.vcd"));
    await stateWhere(serving, "the second file", ({ files }) => files.length === 2);
    await rm(path.join(workspace, "runs/b.vcd"));
    await stateWhere(serving, "it gone", ({ files }) => files.some(({ state }) => state === "missing"));
  });
});

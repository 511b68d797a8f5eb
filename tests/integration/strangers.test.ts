import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { runPlugin, type PluginRun, type RunPluginOptions } from "@novywave/plugin-host/testing";
import { connectToServer } from "@novywave/server";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { freshRustExample } from "../../tools/lib/rust-example.js";
import { steadyReload, waveformCensus, type Handed } from "../support/examples.js";
import {
  makeSandbox,
  novywave,
  repository,
  serve,
  stateWhere,
  type Sandbox,
  type Serving,
} from "../support/novywave.js";

const shortWave = path.join(repository, "tests/fixtures/waveforms/counter_short.vcd");
const longWave = path.join(repository, "tests/fixtures/waveforms/counter_long.vcd");

async function hand(folder: string, name: string, { bytes, manifest }: Handed): Promise<string> {
  const artifact = path.join(folder, `${name}.wasm`);
  await writeFile(artifact, bytes);
  await writeFile(`${artifact}.toml`, manifest);
  return artifact;
}

/** Runs a plugin in a workspace of its own, through the real host. */
async function withPlugin<T>(
  handed: Handed,
  options: Omit<RunPluginOptions, "artifact">,
  use: (run: PluginRun) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(path.join(tmpdir(), "novywave-stranger-"));
  try {
    const run = await runPlugin({ ...options, artifact: await hand(folder, "plugin", handed) });
    try {
      return await use(run);
    } finally {
      await run.dispose();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Does what a person does who looks at a file: its signals are read, and read again when it changes. */
async function open({ port, token }: Serving, file: string): Promise<void> {
  const connected = await connectToServer({ host: "127.0.0.1", port, token });
  if (!connected.ok) throw new Error(connected.error.message);
  const opened = await connected.value.request("file.open", { path: file });
  connected.value.close();
  if (!opened.ok) throw new Error(opened.error.message);
}

async function nothing(): Promise<void> {}

describe(
  "plugins of strangers, in other languages than ours, in a running server",
  { timeout: 60_000 },
  () => {
    let sandbox: Sandbox;
    let serving: Serving | undefined;
    beforeEach(async () => {
      sandbox = await makeSandbox();
    });
    afterEach(async () => {
      await serving?.stop();
      serving = undefined;
      await sandbox.remove();
    });

    it("wait for consent with what they ask for, then find files and read them again", async () => {
      const { workspace, env } = sandbox;
      await mkdir(path.join(workspace, "plugins"));
      const wave = path.join(workspace, "a.vcd");
      await copyFile(shortWave, wave);
      await hand(path.join(workspace, "plugins"), "census", await waveformCensus());
      await hand(path.join(workspace, "plugins"), "steady", await steadyReload());
      await writeFile(
        path.join(workspace, ".novywave"),
        `[plugins]
schema_version = 1

[[plugins.entries]]
id = "example.waveform_census"
enabled = true
artifact_path = "plugins/census.wasm"
config = { directories = ["."] }

[[plugins.entries]]
id = "example.steady_reload"
enabled = true
artifact_path = "plugins/steady.wasm"
config = { seconds = 1 }
`,
      );
      serving = await serve([workspace], env);
      const waiting = await stateWhere(serving, "both waiting for consent", ({ plugins }) =>
        plugins.every(({ state }) => state === "needs-consent"),
      );
      expect(waiting.files).toEqual([]);

      const asked = await novywave(
        ["plugins", "dry-run", "example.waveform_census", "-w", workspace, "--json"],
        {
          env,
        },
      );
      expect(asked.code).toBe(4);
      expect(asked.stdout).toContain("Puts the files that it found into the list of files");
      for (const id of ["example.waveform_census", "example.steady_reload"]) {
        const granted = await novywave(["plugins", "grant", id, "--yes", "-w", workspace], { env });
        expect(granted, id).toMatchObject({ code: 0 });
      }

      const found = await stateWhere(
        serving,
        "both ready, and the file found",
        ({ plugins, files }) =>
          plugins.every(({ state }) => state === "ready") && files[0]?.state === "ready",
      );
      expect(found.plugins.map(({ message }) => message).sort()).toEqual([
        "1 waveforms in 1 folders (1 vcd)",
        "reads open files again every 1 s",
      ]);
      expect(found.files).toMatchObject([{ path: wave }]);

      await open(serving, wave);
      // The one plugin counts names; that the content is another only the tick of the other can show.
      const end = found.files[0]?.end;
      await copyFile(longWave, wave);
      await stateWhere(serving, "the longer file", ({ files }) => files[0]?.end !== end);

      await copyFile(shortWave, path.join(workspace, "b.vcd"));
      await stateWhere(serving, "the second file", ({ files }) => files.length === 2);
    });
  },
);

describe("the example in the text format (examples/steady_reload)", () => {
  it("asks for the open files to be read at each tick", async () => {
    const config = { seconds: 30 };
    await withPlugin(await steadyReload(), { config }, async (run) => {
      expect(run.metadata).toMatchObject({
        version: "0.1.0",
        description: "reads open files again every 30 s",
      });
      await run.advance(29_999);
      expect(run.events).toEqual([]);
      await run.advance(1);
      await run.advance(30_000);
      expect(run.events).toEqual([
        { tag: "refresh-timeline", val: [] },
        { tag: "refresh-timeline", val: [] },
      ]);
    });
  });

  it("is checked against its schema before it runs, and counts in minutes by itself", async () => {
    const handed = await steadyReload();
    await expect(withPlugin(handed, { config: { seconds: 0 } }, nothing)).rejects.toThrow(/seconds/);
    const description = await withPlugin(handed, {}, async (run) => run.metadata.description);
    expect(description).toBe("reads open files again every 60 s");
  });
});

/** What the plugin does with a workspace that it cannot tell from another. */
function census(handed: Handed): Promise<unknown> {
  const files = { "a/b.vcd": "", "a/c.FST": "", "d.ghw": "", "notes.txt": "" };
  const config = { directories: [".", "gone"], extensions: ["vcd", "fst", "ghw"] };
  return withPlugin(handed, { files, config }, async (run) => {
    await run.write("a/x.vcd", "");
    await run.change("a/x.vcd");
    await run.change("a/x.vcd");
    const { description } = run.metadata;
    // Everything that it says but for the time that it took.
    const { workspace, events } = run;
    const logs = run.logs
      .filter(({ level }) => level !== "debug")
      .map(({ level, message }) => `${level} ${message}`);
    const text = JSON.stringify({ description, events, logs }).replaceAll(workspace, "/w");
    return JSON.parse(text) as unknown;
  });
}

const counted = {
  description: "3 waveforms in 2 folders (1 fst, 1 ghw, 1 vcd)",
  events: [
    {
      tag: "discovery",
      val: { pluginId: "example.waveform_census", discovered: ["/w/a/b.vcd", "/w/a/c.FST", "/w/d.ghw"] },
    },
    {
      tag: "discovery",
      val: {
        pluginId: "example.waveform_census",
        discovered: ["/w/a/b.vcd", "/w/a/c.FST", "/w/a/x.vcd", "/w/d.ghw"],
      },
    },
  ],
  logs: [
    expect.stringMatching(/^warn gone: .*NotFound/),
    "info 3 waveforms in 2 folders (1 fst, 1 ghw, 1 vcd)",
    "info      2 /w/a",
    "info      1 /w",
    expect.stringMatching(/^warn gone: .*NotFound/),
    "info 4 waveforms in 2 folders (1 fst, 1 ghw, 2 vcd)",
    "info      3 /w/a",
    "info      1 /w",
    expect.stringMatching(/^warn gone: .*NotFound/),
  ],
};

describe("the example in Rust with its standard library (examples/waveform_census)", () => {
  it("as it is kept with the tests: counts, tells of changes once, and survives a folder that is gone", async () => {
    expect(await census(await waveformCensus())).toEqual(counted);
  });

  it("finds nothing of the machine behind WASI; what it prints is in its log", async () => {
    await withPlugin(await waveformCensus(), {}, async (run) => {
      await run.dispose();
      expect(run.logs.at(-1)).toMatchObject({ level: "info", message: "census closed" });
    });
  });

  it("says which key of its configuration is wrong when no schema does", async () => {
    const { bytes, manifest } = await waveformCensus();
    const [bare = ""] = manifest.split("[config_schema]");
    const config = { extensions: [1] };
    await expect(withPlugin({ bytes, manifest: bare }, { config }, nothing)).rejects.toThrow(
      /invalid config key `extensions`: expected a list of strings/,
    );
  });

  const fresh = freshRustExample();
  const here =
    fresh === undefined
      ? "does the same as the one kept [not run here: `npm run build:examples` has not built it from this source]"
      : "does the same as the one kept";
  it.skipIf(fresh === undefined)(`built from its source, it ${here}`, async () => {
    expect(await census(await waveformCensus(fresh))).toEqual(counted);
    expect((await readFile(fresh ?? "")).length).toBeLessThan(300_000);
  });
});

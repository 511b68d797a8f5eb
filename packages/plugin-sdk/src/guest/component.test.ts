import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { minimalManifest, temporaryTree } from "../build/temporary-tree.test.helper.js";
import { buildArtifact, runPlugin, type PluginRun } from "../testing/index.js";

const capabilities = ["logging", "filesystem", "config", "timer", "relay"];
const manifest = `${minimalManifest}channels = ["log"]
${capabilities.map((name) => `[[capabilities]]\nname = "${name}"\nreason = "for the test"\n`).join("")}`;

// Each configuration key makes the plugin do one thing, and log what came of it.
const source = `
import {
  HostError, currentConfig, definePlugin, filesystem, log, relay, timer,
} from "@novywave/plugin-sdk/guest";

const acts = {
  list: (path) => filesystem.listDir(path).map((entry) => entry.kind + " " + entry.path.split("/").pop()).join(),
  metadata: (path) => {
    const { kind, size, modified } = filesystem.readMetadata(path);
    return [kind, size, modified.seconds > 1e9, typeof modified.nanoseconds].join();
  },
  caught: (path) => {
    try {
      filesystem.listDir(path);
    } catch (error) {
      return [error instanceof HostError, error.call, error.code].join();
    }
  },
  uncaught: (path) => filesystem.listDir(path),
  bug: () => undefined.x,
  value: () => { throw "just text"; },
  current: () => currentConfig().string("current", ""),
  tick: (ms) => timer.scheduleTick(ms),
  say: (text) => relay.publishLog(text),
  refresh: () => relay.publishRefresh([]),
};

function act(config) {
  for (const [key, run] of Object.entries(acts)) {
    if (config.has(key)) log.info(key + ": " + run(config.get(key)));
  }
}

export const lifecycle = definePlugin({
  init: (config) => config.has("status") ? config.get("status") : "ready",
  handleEvent(event) {
    if (event.tag === "config-updated" && event.val.has("promise")) return Promise.resolve();
    if (event.tag === "config-updated") act(event.val);
    else log.debug(event.tag);
  },
  shutdown: () => log.warn("bye"),
});
`;

describe("the guest side of the SDK, in a component", () => {
  let artifact: Uint8Array;
  let run: PluginRun;
  beforeAll(async () => {
    artifact = await buildArtifact(await temporaryTree({ "Plugin.toml": manifest, "src/index.js": source }));
  }, 60_000);
  afterEach(() => run.dispose());

  const start = async () => {
    run = await runPlugin({ artifact, files: { "d/": "", "f.vcd": "12345" } });
  };
  const lastLog = async (config: Record<string, unknown>) => {
    await run.configure(config);
    return run.logs.at(-1)?.message;
  };

  it("wraps the functions of every interface", async () => {
    await start();
    expect(run.metadata).toMatchObject({ version: "0.1.0", description: "ready", capabilities });
    expect(await lastLog({ list: "." })).toBe("list: directory d,file f.vcd");
    expect(await lastLog({ metadata: "f.vcd" })).toBe("metadata: file,5,true,number");
    expect(await lastLog({ current: "now" })).toBe("current: now");
    await run.configure({ say: "hello" });
    expect(run.events).toEqual([{ tag: "log", val: "hello" }]);
    await run.configure({ tick: 20 });
    await run.advance(20);
    expect(run.logs.at(-1)).toMatchObject({ level: "debug", message: "tick" });
  });

  it("turns a host's error into an exception with call and code", async () => {
    await start();
    expect(await lastLog({ caught: "gone" })).toBe("caught: true,filesystem.list-dir,not-found");
  });

  it("reports what a plugin throws as a typed error, and the plugin lives on", async () => {
    await start();
    await expect(run.configure({ uncaught: "gone" })).rejects.toThrow(/filesystem\.list-dir: not-found/);
    await expect(run.configure({ bug: 1 })).rejects.toThrow(
      /TypeError: cannot read property 'x' of undefined/,
    );
    await expect(run.configure({ bug: 1 })).rejects.toThrow(/at bug \(src\/index\.js:20\)/);
    await expect(run.configure({ value: 1 })).rejects.toThrow(/just text/);
    await expect(run.configure({ current: 7 })).rejects.toThrow(
      /invalid config key `current`: expected a text/,
    );
    await expect(run.configure({ promise: 1 })).rejects.toThrow(
      /handleEvent returned a Promise; plugins have/,
    );
    expect(run.failure).toBeUndefined();
    expect(await lastLog({ list: "d" })).toBe("list: ");
  });

  it("says what init has to return, instead of a trap", async () => {
    await expect(runPlugin({ artifact, config: { status: null } })).rejects.toThrow(
      /init has to return a text, the status message, but returned null; add a `return`/,
    );
  });

  it("R4.4 is refused a channel that its manifest does not name", async () => {
    await start();
    await expect(run.configure({ refresh: 1 })).rejects.toThrow(/relay\.publish: channel-denied/);
    expect(run.events).toEqual([]);
  });
});

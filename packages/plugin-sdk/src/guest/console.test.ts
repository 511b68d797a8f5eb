import { afterEach, describe, expect, it, vi } from "vitest";
import { minimalManifest, temporaryTree } from "../build/temporary-tree.test.helper.js";
import { buildArtifact, runPlugin, type PluginRun } from "../testing/index.js";

const manifest = `${minimalManifest}[[capabilities]]\nname = "logging"\nreason = "for the test"\n`;
vi.setConfig({ testTimeout: 120_000 });

let run: PluginRun | undefined;
afterEach(async () => run?.dispose());

async function logsOf(files: Readonly<Record<string, string>>, toml = manifest): Promise<readonly string[]> {
  const folder = await temporaryTree({ "Plugin.toml": toml, ...files });
  run = await runPlugin({ artifact: await buildArtifact(folder) });
  return run.logs.map(({ level, message }) => `${level}: ${message}`);
}

describe("console in a plugin", () => {
  it("writes to the plugin's log, also what code outside functions said, and from files beside index.ts", async () => {
    const logs = await logsOf({
      "src/beside.ts": `console.log("loaded", { at: [1, 2] });
export const fail = () => { throw new TypeError("broken"); };`,
      "src/index.ts": `import { definePlugin } from "@novywave/plugin-sdk/guest";
import { fail } from "./beside.js";
console.warn("early");
Promise.resolve().then(() => console.log("a job"));
export const lifecycle = definePlugin({
  init(config) {
    console.log("config", config.has("x"));
    console.trace(1);
    console.debug(2);
    console.info(3);
    console.warn(4);
    try {
      fail();
    } catch (error) {
      console.error("it failed:", error);
    }
    return "ok";
  },
});`,
    });
    // When the engine runs jobs is not ours to promise; that this one breaks nothing is.
    expect(logs.filter((line) => !line.includes("a job"))).toEqual([
      "info: loaded { at: [1, 2] }",
      "warn: early",
      "info: config false",
      "trace: 1",
      "debug: 2",
      "info: 3",
      "warn: 4",
      expect.stringMatching(
        /^error: it failed: TypeError: broken\n {4}at fail \(src\/beside\.ts:2\)\n {4}at init \(src\/index\.ts:13\)\n/,
      ),
    ]);
  });

  it("works without definePlugin as well", async () => {
    const logs = await logsOf({
      "src/index.js": `console.log("early");
export const lifecycle = {
  init: () => {
    console.log("init");
    return { version: "0.1.0", description: "raw", capabilities: ["logging"], configSchema: null };
  },
  handleEvent() {},
  shutdown() {},
};`,
    });
    expect(logs).toEqual(["info: early", "info: init"]);
  });

  it("leaves a console of the plugin's own alone", async () => {
    const source = `import { definePlugin } from "@novywave/plugin-sdk/guest";
const console = { log: () => "own" };
export const lifecycle = definePlugin({ init: () => console.log("x") });`;
    expect(await logsOf({ "src/index.ts": source }, minimalManifest)).toEqual([]);
    expect(run?.metadata.description).toBe("own");
  });
});

import {
  buildArtifact,
  runPlugin,
  type PluginRun,
  type RunPluginOptions,
} from "@novywave/plugin-sdk/testing";
import { afterEach, beforeAll, describe, expect, it } from "vitest";

describe("the waveform_scanner component", () => {
  let artifact: Uint8Array;
  let run: PluginRun;
  beforeAll(async () => {
    artifact = await buildArtifact(new URL("..", import.meta.url));
  }, 60_000);
  afterEach(() => run.dispose());
  const start = async (options: Omit<RunPluginOptions, "artifact">) => {
    run = await runPlugin({ artifact, ...options });
  };
  /** The lists that were published, relative to the workspace. */
  const published = () =>
    run.events.map((event) =>
      event.tag === "discovery"
        ? event.val.discovered.map((path) => path.slice(run.workspace.length + 1))
        : event,
    );

  it("R7.2 publishes what it finds while it starts, and says how much", async () => {
    await start({ files: { "b.vcd": "", "a/c.FST": "", "a/d/e.GHW.gz": "", "notes.txt": "", "a/vcd": "" } });
    expect(published()).toEqual([["a/c.FST", "a/d/e.GHW.gz", "b.vcd"]]);
    expect(run.metadata.description).toBe("3 waveforms in 3 folders");
    expect(run.logs.map(({ level, message }) => `${level} ${message}`)).toEqual([
      "info 3 waveforms in 3 folders",
    ]);
  });

  it("R7.2 stamps what it publishes with its own id", async () => {
    await start({ files: { "a.vcd": "" } });
    expect(run.published).toMatchObject([
      {
        pluginId: "novywave.waveform_scanner",
        channel: "discovery",
        event: { val: { pluginId: "novywave.waveform_scanner" } },
      },
    ]);
  });

  it("R7.2 scans again when files appear and disappear", async () => {
    await start({ files: { "a.vcd": "" } });
    await run.write("run1/b.fst", "");
    await run.change("run1/b.fst");
    await run.remove("a.vcd");
    await run.change("a.vcd");
    expect(published()).toEqual([["a.vcd"], ["a.vcd", "run1/b.fst"], ["run1/b.fst"]]);
  });

  it("R5.3 publishes once for a change that the watch table reports as well", async () => {
    await start({ files: { "a.vcd": "" }, watch: { directories: ["."], debounceMs: 100 } });
    await run.write("b.vcd", "");
    await run.change("b.vcd");
    expect(published()).toEqual([["a.vcd"], ["a.vcd", "b.vcd"]]);
  });

  it("R7.2 looks where, for what and as deep as it is told", async () => {
    await start({
      config: { directories: ["runs"], extensions: ["vcd"], max_depth: 1, exclude: ["**/old"] },
      files: {
        "x.vcd": "",
        "runs/a.vcd": "",
        "runs/a.fst": "",
        "runs/1/b.vcd": "",
        "runs/1/2/c.vcd": "",
        "runs/old/d.vcd": "",
      },
    });
    expect(published()).toEqual([["runs/1/b.vcd", "runs/a.vcd"]]);
  });

  it("R4.7 finds nothing outside the granted folders, and says so", async () => {
    await start({ config: { directories: ["/etc", "in"] }, files: { "in/a.vcd": "" } });
    expect(published()).toEqual([["in/a.vcd"]]);
    expect(run.metadata.description).toBe("1 waveform in 1 folder; cannot read /etc");
  });

  it("R1.3 publishes an empty list for an empty folder", async () => {
    await start({});
    expect(published()).toEqual([[]]);
    expect(run.metadata.description).toBe("no waveforms found");
  });

  it("R6.2 follows a change of its configuration, and keeps the old one when the new one is not usable", async () => {
    await start({ files: { "a/x.vcd": "", "b/y.vcd": "" }, config: { directories: ["a"] } });
    await run.configure({ directories: ["b"] });
    await expect(run.configure({ directories: "b" })).rejects.toThrow(
      "invalid config key `directories`: expected a list of strings",
    );
    await run.write("b/z.vcd", "");
    await run.change("b/z.vcd");
    expect(published()).toEqual([["a/x.vcd"], ["b/y.vcd"], ["b/y.vcd", "b/z.vcd"]]);
  });

  it("takes a list that the host cuts into pages", async () => {
    // A page holds half of what may be lifted in one call.
    const names = Array.from({ length: 2_500 }, (_, index) => `${String(index).padStart(240, "0")}.vcd`);
    await start({ files: Object.fromEntries(names.map((name) => [name, ""])), limits: { liftedMib: 1 } });
    expect(published()).toEqual([names]);
  });
});

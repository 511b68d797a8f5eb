import {
  buildArtifact,
  runPlugin,
  type PluginRun,
  type RunPluginOptions,
} from "@novywave/plugin-sdk/testing";
import { afterEach, beforeAll, describe, expect, it } from "vitest";

describe("the auto_reload component", () => {
  let artifact: Uint8Array;
  let run: PluginRun;
  beforeAll(async () => {
    artifact = await buildArtifact(new URL("..", import.meta.url));
  }, 60_000);
  afterEach(() => run.dispose());
  const start = async (options: Omit<RunPluginOptions, "artifact">) => {
    run = await runPlugin({
      artifact,
      files: { "a.vcd": "", "b.fst": "", "c.ghw": "", "d.txt": "" },
      ...options,
    });
  };
  /** The lists that were published, relative to the workspace. */
  const refreshed = () =>
    run.events.map((event) =>
      event.tag === "refresh-timeline"
        ? event.val.map((path) => path.slice(run.workspace.length + 1))
        : event,
    );

  it("R7.3 refreshes as soon as N changes came in", async () => {
    await start({ config: { batch_events: 3, batch_ms: 60_000, debounce_ms: 10 } });
    await run.change("b.fst");
    await run.change("a.vcd", "d.txt");
    expect(refreshed()).toEqual([]);
    await run.change("a.vcd");
    expect(refreshed()).toEqual([["a.vcd", "b.fst"]]);
  });

  it("R7.3 refreshes T milliseconds after the first change", async () => {
    await start({ config: { batch_events: 100, batch_ms: 500, debounce_ms: 10 } });
    await run.change("c.ghw");
    await run.advance(450);
    expect(refreshed()).toEqual([]);
    await run.advance(50);
    expect(refreshed()).toEqual([["c.ghw"]]);
    await run.advance(5000);
    expect(refreshed()).toHaveLength(1);
  });

  it("R7.3 leaves out what is no waveform", async () => {
    await start({ config: { batch_events: 1 } });
    await run.change("d.txt");
    await run.advance(60_000);
    expect(refreshed()).toEqual([]);
  });

  it("R5.3 asks once for a change, also with a watch table", async () => {
    await start({
      config: { batch_events: 1, debounce_ms: 200 },
      watch: { directories: ["."], debounceMs: 100 },
    });
    await run.change("a.vcd");
    await run.change("b.fst");
    expect(refreshed()).toEqual([["a.vcd"], ["b.fst"]]);
  });

  it("names a deleted file as well: what shows it has to say that it is gone", async () => {
    await start({ config: { batch_events: 1 } });
    await run.remove("a.vcd");
    await run.change("a.vcd");
    expect(refreshed()).toEqual([["a.vcd"]]);
  });
});

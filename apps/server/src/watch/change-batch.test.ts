import { SimulatedClock } from "@novywave/base";
import { describe, expect, test } from "vitest";
import { ChangeBatch } from "./change-batch.js";

function scene(options: { maxPaths?: number; maxWaitMs?: number } = {}) {
  const clock = new SimulatedClock();
  const batches: (readonly string[])[] = [];
  const batch = new ChangeBatch({
    clock,
    debounceMs: 100,
    overflow: "/w",
    onBatch: (paths) => batches.push(paths),
    ...options,
  });
  return { clock, batch, batches };
}

describe("R5.3 changes are debounced and coalesced, in a deterministic order", () => {
  test("a batch comes after quiet, sorted, each path once", () => {
    const { clock, batch, batches } = scene();
    for (const path of ["/w/b", "/w/a", "/w/b", "/w/B"]) batch.add(path);
    clock.advance(99);
    batch.add("/w/c");
    clock.advance(99);
    expect(batches).toEqual([]);
    clock.advance(1);
    expect(batches).toEqual([["/w/B", "/w/a", "/w/b", "/w/c"]]);
    clock.advance(10_000);
    expect(batches).toHaveLength(1);
  });

  test("changes that never pause are handed out all the same", () => {
    const { clock, batch, batches } = scene({ maxWaitMs: 1_000 });
    for (let i = 0; i < 40; i++) {
      batch.add("/w/growing");
      clock.advance(50);
    }
    expect(batches).toEqual([["/w/growing"], ["/w/growing"]]);
  });

  test("too many paths become their folder", () => {
    const { clock, batch, batches } = scene({ maxPaths: 3 });
    for (const path of ["/w/1", "/w/2", "/w/3", "/w/4"]) batch.add(path);
    clock.advance(100);
    expect(batches).toEqual([["/w"]]);
  });

  test("nothing comes after it was closed, and no timer stays", () => {
    const { clock, batch, batches } = scene();
    batch.add("/w/a");
    batch[Symbol.dispose]();
    batch.add("/w/b");
    expect(clock.pending).toBe(0);
    clock.advance(10_000);
    expect(batches).toEqual([]);
  });
});

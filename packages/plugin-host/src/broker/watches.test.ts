import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { ok, SimulatedClock } from "@novywave/base";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { defaultLimits } from "../limits.js";
import { Authoriser } from "./authorise.js";
import { maxPaths, WatchBroker } from "./watches.js";

describe("R5.3 changes on their way to a guest", () => {
  let root: string;
  let tell: (paths: readonly string[]) => void;
  let told: (readonly string[])[];
  let watches: WatchBroker;

  beforeEach(async () => {
    root = await realpath(await mkdtemp(path.join(tmpdir(), "watches-")));
    told = [];
    const grant = {
      pluginId: "t.t",
      capabilities: new Set(["watch"] as const),
      folders: [root],
      channels: new Set<string>(),
    };
    const authoriser = new Authoriser(grant, root, new SimulatedClock(), () => {});
    watches = new WatchBroker(
      authoriser,
      {
        watch: async (_directories, _debounceMs, onChange) => {
          tell = onChange;
          return ok({ [Symbol.dispose]() {} });
        },
      },
      defaultLimits,
      () => (paths) => {
        if (paths.length > 0) told.push(paths);
      },
      (error) => {
        throw error;
      },
    );
    expect(await watches.open(["."], 1)).toMatchObject({ ok: true });
  });
  afterEach(() => rm(root, { recursive: true }));

  const name = (n: number): string => path.join(root, `w${String(n).padStart(6, "0")}.vcd`);

  it("those that come while others are checked come together, sorted, once each", async () => {
    for (let n = 999; n >= 0; n--) tell([name(n), name(0)]);
    await watches.settled();
    expect(told.length).toBeLessThanOrEqual(2);
    expect(new Set(told.flat()).size).toBe(1_000);
    expect(told.at(-1)).toEqual([...(told.at(-1) ?? [])].sort());
  });

  it("more than fit are told as the folders that are watched, however they come", async () => {
    tell([name(0)]);
    for (let n = 0; n < 3 * maxPaths; n += 100)
      tell(Array.from({ length: 100 }, (_, each) => name(n + each)));
    await watches.settled();
    expect(told.at(-1)).toEqual([root]);
    expect(told.flat().length).toBeLessThanOrEqual(2);
  });

  it("what was not checked when the plugin ended is told nobody", async () => {
    tell([name(1)]);
    watches[Symbol.dispose]();
    await watches.settled();
    expect(told).toEqual([]);
  });
});

import type { PluginStats } from "@novywave/plugin-host";
import { expect, test } from "vitest";
import { flatNumbers } from "./plugin-metrics.js";
import { PluginMeter } from "./plugin-meter.js";

const stats = (calls: number, traps = 0): PluginStats => ({
  calls,
  errors: 1,
  traps,
  hostCalls: 2,
  denied: 0,
  droppedLogs: 3,
  liftedBytes: 100,
  memoryBytes: 65_536,
  queueDepth: 4,
  shed: { "logging.log": 3 },
  exports: {
    "handle-event": { calls, errors: 1, traps, p50Ms: calls, p99Ms: calls, maxMs: calls, sumMs: 10 },
  },
});

test("R5.4 what an instance used is not forgotten when the next one runs", () => {
  const meter = new PluginMeter();
  expect(meter.read("a.a")).toBeUndefined();
  const first = { stats: stats(5) };
  meter.follow("a.a", first);
  expect(meter.read("a.a")).toEqual(stats(5));
  meter.follow("a.a", undefined);
  // The call in which it died is counted after it is told that it did.
  first.stats = stats(9, 1);
  expect(meter.read("a.a")).toEqual({ ...stats(9, 1), memoryBytes: 0, queueDepth: 0 });
  meter.follow("a.a", { stats: stats(2) });
  expect(meter.read("a.a")).toMatchObject({
    calls: 11,
    traps: 1,
    liftedBytes: 200,
    memoryBytes: 65_536,
    queueDepth: 4,
    shed: { "logging.log": 6 },
    exports: { "handle-event": { calls: 11, traps: 1, p50Ms: 2, maxMs: 9, sumMs: 20 } },
  });
  meter.follow("a.a", undefined);
  meter.follow("a.a", undefined);
  expect(meter.read("a.a")).toMatchObject({ calls: 11 });
  meter.forget("a.a");
  expect(meter.read("a.a")).toBeUndefined();
});

test("the numbers of a status are flat", () => {
  expect(flatNumbers({ pluginId: "a.a", deaths: 1, starts: 3, stats: stats(7, 1) })).toMatchObject({
    deaths: 1,
    restarts: 2,
    calls: 7,
    traps: 1,
    liftedBytes: 100,
    p99Ms: 7,
    "handle-event.traps": 1,
    "handle-event.p50Ms": 7,
    shed: 3,
    "shed.logging.log": 3,
  });
  expect(flatNumbers({ pluginId: "a.a", deaths: 0, starts: 0 })).toEqual({
    deaths: 0,
    starts: 0,
    restarts: 0,
  });
});

import { expect, it } from "vitest";
import { StatsRecorder } from "./stats.js";

it("R5.4 counts calls, errors and traps, and knows median and 99th percentile of the last calls", () => {
  const stats = new StatsRecorder();
  for (let ms = 1; ms <= 100; ms++) stats.record("handle-event", ms, ms === 7 ? "error" : "ok");
  stats.record("init", 5, "trap");
  expect(stats.snapshot(3)).toMatchObject({
    calls: 101,
    errors: 1,
    traps: 1,
    queueDepth: 3,
    exports: {
      "handle-event": { calls: 100, errors: 1, traps: 0, p50Ms: 50, p99Ms: 99, maxMs: 100 },
      init: { calls: 1, traps: 1, p50Ms: 5, p99Ms: 5 },
    },
  });
});

it("keeps a bounded number of durations", () => {
  const stats = new StatsRecorder();
  for (let call = 0; call < 10_000; call++) stats.record("handle-event", call < 9_000 ? 1_000 : 1, "ok");
  expect(stats.snapshot(0).exports["handle-event"]).toMatchObject({
    calls: 10_000,
    p50Ms: 1,
    p99Ms: 1,
    maxMs: 1_000,
  });
});

import { SimulatedClock } from "@novywave/base";
import { expect, it } from "vitest";
import { defaultLimits } from "../limits.js";
import { TimerBroker, ticksPerSecond } from "./timers.js";

it("a tick never comes early, not even one in 49 days, which platform timers cannot count", () => {
  const clock = new SimulatedClock();
  let ticks = 0;
  const timers = new TimerBroker(defaultLimits, clock, () => ticks++);
  timers.scheduleTick(0xffff_ffff);
  clock.advance(0xffff_fffe);
  expect(ticks).toBe(0);
  clock.advance(1);
  expect(ticks).toBe(1);
  timers.scheduleTick(10);
  timers[Symbol.dispose]();
  expect(clock.pending).toBe(0);
});

it("ticks that ask for ticks at once come at a bounded rate; none is lost, and what waits is bounded", () => {
  const clock = new SimulatedClock();
  let ticks = 0;
  let refused = 0;
  const ask = (): void => {
    if (timers.scheduleTick(0).kind !== "ok") refused++;
  };
  const timers = new TimerBroker(defaultLimits, clock, () => {
    ticks++;
    ask();
    ask();
  });
  for (let seconds = 0; seconds < 10; seconds++) {
    if (seconds === 0) ask();
    clock.advance(1_000);
  }
  // What the bucket holds at first, and what flows into it.
  expect(ticks).toBeGreaterThanOrEqual(10 * ticksPerSecond);
  expect(ticks).toBeLessThanOrEqual(11 * ticksPerSecond);
  expect(clock.pending).toBeLessThanOrEqual(defaultLimits.timers + 1);
  // Each tick asked for two: once the limit is reached, every other is refused.
  expect(refused).toBe(ticks - defaultLimits.timers + 1);
  timers[Symbol.dispose]();
  expect(clock.pending).toBe(0);
});

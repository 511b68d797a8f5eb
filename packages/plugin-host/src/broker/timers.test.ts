import { SimulatedClock } from "@novywave/base";
import { expect, it } from "vitest";
import { defaultLimits } from "../limits.js";
import { TimerBroker } from "./timers.js";

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

import { SimulatedClock, type Clock } from "@novywave/base";
import { describe, expect, it } from "vitest";
import { CallTimer } from "./call-timer.js";

const make = () => {
  const clock = new SimulatedClock();
  const expired: string[] = [];
  return { clock, expired, timer: new CallTimer(clock, 100, 1_000, (which) => expired.push(which)) };
};

/** A clock whose timers never get their turn, as where each is cancelled by the next change before it is due. */
const withoutTimers = () => {
  const state = { now: 0 };
  const clock: Clock = {
    now: () => state.now,
    monotonic: () => state.now,
    schedule: () => ({ [Symbol.dispose]() {} }),
  };
  const expired: string[] = [];
  return { state, expired, timer: new CallTimer(clock, 100, 1_000, (which) => expired.push(which)) };
};

describe("the deadline of a call", () => {
  it("counts time in the guest", () => {
    const { clock, expired } = make();
    clock.advance(99);
    expect(expired).toEqual([]);
    clock.advance(1);
    expect(expired).toEqual(["guest"]);
  });

  it("does not count time that the host takes, which has its own", () => {
    const { clock, expired, timer } = make();
    clock.advance(60);
    timer.enterHost();
    clock.advance(900);
    timer.leaveHost();
    clock.advance(30);
    expect(expired).toEqual([]);
    expect(timer.guestMs).toBe(90);
    expect(timer.elapsedMs).toBe(990);
    clock.advance(10);
    expect(expired).toEqual(["guest"]);
  });

  it("host time adds up over the host calls of one call", () => {
    const { clock, expired, timer } = make();
    for (let round = 0; round < 3; round++) {
      timer.enterHost();
      clock.advance(400);
      timer.leaveHost();
    }
    expect(expired).toEqual(["host"]);
  });

  it("a timer that is late because this process was busy lets an answer be read first", () => {
    let now = 0;
    const due: { delayMs: number; task: () => void }[] = [];
    const busy: Clock = {
      now: () => now,
      monotonic: () => now,
      schedule: (delayMs, task) => {
        due.push({ delayMs, task });
        return { [Symbol.dispose]() {} };
      },
    };
    const expired: string[] = [];
    const timer = new CallTimer(busy, 100, 1_000, (which) => expired.push(which));
    now = 5_000;
    due.shift()?.task();
    expect(expired).toEqual([]);
    expect(due.map(({ delayMs }) => delayMs)).toEqual([25]);
    now = 5_025;
    due.shift()?.task();
    expect(expired).toEqual(["guest"]);
    timer.stop();
  });

  it.each([
    ["guest", 0.5, 0.25, 200],
    ["host", 0.01, 2.5, 400],
  ] as const)(
    "a guest that calls the host without pause runs out of %s time",
    (which, guest, host, calls) => {
      const { state, expired, timer } = withoutTimers();
      let made = 0;
      for (; made < 10_000 && expired.length === 0; made++) {
        state.now += guest;
        timer.enterHost();
        state.now += host;
        timer.leaveHost();
      }
      expect(expired).toEqual([which]);
      expect(made).toBeGreaterThanOrEqual(calls - 1);
      expect(made).toBeLessThanOrEqual(calls + 1);
      timer.enterHost();
      expect(expired).toEqual([which]);
    },
  );

  it("a call of the host that is read late because this process was busy is believed, once", () => {
    const { state, expired, timer } = withoutTimers();
    state.now = 5_000;
    timer.enterHost();
    timer.leaveHost();
    expect(expired).toEqual([]);
    state.now = 10_000;
    timer.enterHost();
    expect(expired).toEqual(["guest"]);
  });

  it("once stopped it stays silent and leaves no timer behind", () => {
    const { clock, expired, timer } = make();
    timer.stop();
    timer.enterHost();
    clock.advance(10_000);
    expect(expired).toEqual([]);
    expect(clock.pending).toBe(0);
  });
});

import { describe, expect, it } from "vitest";
import { DisposableStore, Emitter, SimulatedClock, assert, err, ok, toDisposable } from "./index.js";

describe("Result", () => {
  it("carries a value or an error", () => {
    expect(ok(3)).toEqual({ ok: true, value: 3 });
    expect(err("no")).toEqual({ ok: false, error: "no" });
  });
});

describe("assert", () => {
  it("throws what the program relied on", () => {
    expect(() => assert(false, "the table is sorted")).toThrow("the table is sorted");
  });
});

describe("DisposableStore", () => {
  it("closes last opened first, all of them, and reports the first error", () => {
    const closed: string[] = [];
    const store = new DisposableStore();
    store.defer(() => closed.push("a"));
    store.defer(() => {
      throw new Error("b failed");
    });
    store.defer(() => closed.push("c"));
    expect(() => store[Symbol.dispose]()).toThrow("b failed");
    expect(closed).toEqual(["c", "a"]);
  });

  it("closes at once what comes too late, and never twice", () => {
    let closed = 0;
    const store = new DisposableStore();
    store[Symbol.dispose]();
    const item = store.add(toDisposable(() => closed++));
    item[Symbol.dispose]();
    expect(closed).toBe(1);
  });
});

describe("Emitter", () => {
  it("reaches every listener although one throws or leaves", () => {
    const seen: string[] = [];
    const emitter = new Emitter<number>();
    const first = emitter.event((n) => {
      seen.push(`first ${n}`);
      second[Symbol.dispose]();
    });
    const second = emitter.event((n) => seen.push(`second ${n}`));
    emitter.event(() => {
      throw new Error("third failed");
    });
    emitter.event((n) => seen.push(`fourth ${n}`));
    expect(() => emitter.emit(1)).toThrow("third failed");
    expect(seen).toEqual(["first 1", "fourth 1"]);
    first[Symbol.dispose]();
    expect(emitter.listenerCount).toBe(2);
  });
});

describe("SimulatedClock", () => {
  it("runs tasks in order of time, then of scheduling, and those that tasks add", () => {
    const clock = new SimulatedClock(1000);
    const seen: string[] = [];
    clock.schedule(20, () => seen.push(`late ${clock.now()}`));
    clock.schedule(10, () => {
      seen.push(`early ${clock.now()}`);
      clock.schedule(5, () => seen.push(`added ${clock.now()}`));
    });
    const cancelled = clock.schedule(15, () => seen.push("cancelled"));
    cancelled[Symbol.dispose]();
    clock.advance(20);
    expect(seen).toEqual(["early 1010", "added 1015", "late 1020"]);
    expect(clock.pending).toBe(0);
    expect(clock.monotonic()).toBe(20);
  });
});

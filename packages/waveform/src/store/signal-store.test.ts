import { array, assert, integer, property, stringMatching, tuple } from "fast-check";
import { describe, expect, it } from "vitest";
import type { SignalKind } from "../model.js";
import { NO_TIME, RecordCursor } from "./record-cursor.js";
import { SignalStore } from "./signal-store.js";

const encoder = new TextEncoder();

/** All records of a signal as text. */
function records(store: SignalStore, signal: number): string[] {
  const cursor = new RecordCursor(store, signal);
  const all: string[] = [];
  while (cursor.peek() !== NO_TIME) {
    cursor.take();
    const { form, bytes } = cursor.value();
    all.push(`${cursor.time} ${cursor.code} ${form} ${Buffer.from(bytes).toString("hex")}`);
  }
  return all;
}

function fill(store: SignalStore, signal: number, values: readonly string[]): void {
  for (const [time, value] of values.entries()) {
    store.now = time;
    if (store.kind(signal) === "string") store.appendString(signal, encoder.encode(value));
    else if (store.kind(signal) === "real") store.appendReal(signal, value.length);
    else if (store.kind(signal) === "event") store.appendEvent(signal);
    else store.appendDigits(signal, encoder.encode(value), 0, value.length);
  }
}

const kinds: readonly (readonly [SignalKind, number])[] = [
  ["bits", 1],
  ["bits", 5],
  ["bits", 200],
  ["bits", 40_000],
  ["real", 1],
  ["string", 1],
  ["event", 1],
];

describe("a signal that is dropped", () => {
  it("is empty, and filled again holds what it is filled with; the others keep theirs", () => {
    const values = array(stringMatching(/^[01xzuw]{1,300}$/), { maxLength: 120 });
    assert(
      property(values, values, (one, two) => {
        const store = new SignalStore();
        const signals = kinds.map(([kind, width]) => store.add(kind, width));
        const fresh = new SignalStore();
        for (const [kind, width] of kinds) fresh.add(kind, width);
        for (const signal of signals) {
          fill(store, signal, one);
          fill(fresh, signal, two);
        }
        for (const dropped of signals) {
          const before = signals.map((signal) => records(store, signal));
          store.drop(dropped);
          expect(store.count(dropped)).toBe(0);
          expect(records(store, dropped)).toEqual([]);
          fill(store, dropped, two);
          expect(records(store, dropped)).toEqual(records(fresh, dropped));
          for (const other of signals)
            if (other !== dropped) expect(records(store, other)).toEqual(before[other]);
        }
        expect(store.transitions).toBe(fresh.transitions);
      }),
      { numRuns: 30 },
    );
  });

  it("takes a run of digits as it takes one after the other", () => {
    const changes = array(tuple(integer({ min: 0, max: 2 }), integer({ min: 0, max: 8 })), {
      maxLength: 300,
    });
    assert(
      property(array(changes, { maxLength: 4 }), (runs) => {
        const [store, fresh] = [new SignalStore(), new SignalStore()];
        store.add("bits", 1);
        fresh.add("bits", 1);
        let time = 0;
        for (const run of runs) {
          const times = Uint32Array.from(run, ([step]) => (time += step === 2 ? 2 ** 20 : step));
          const codes = Uint8Array.from(run, ([, code]) => code);
          store.appendDigitRun(0, times, codes, run.length);
          for (const [i, code] of codes.entries()) {
            fresh.now = times[i] ?? 0;
            fresh.appendDigit(0, code);
          }
        }
        expect(records(store, 0)).toEqual(records(fresh, 0));
        expect(store.transitions).toBe(fresh.transitions);
      }),
    );
  });

  it("takes over records of zeroes and ones in turn as far as they are such", () => {
    const steps = array(integer({ min: 1, max: 31 }), { maxLength: 20_000, size: "max" });
    const tail = array(integer({ min: 0, max: 255 }), { maxLength: 5 });
    assert(
      property(steps, tail, integer({ min: 0, max: 3 }), (list, rest, first) => {
        const [store, fresh] = [new SignalStore(), new SignalStore()];
        for (const one of [store, fresh]) {
          one.add("bits", 1);
          one.appendDigit(0, first);
        }
        const bytes = Uint8Array.from([...list.map((step, i) => (step << 2) | ((i & 1) << 1)), ...rest]);
        const end = store.takeDigitRecords(0, bytes, 0, 2 ** 28);
        if (first === 1) expect(end).toBeGreaterThanOrEqual(list.length);
        else if (first > 1) expect(end).toBe(0);
        for (const byte of bytes.subarray(0, end)) {
          fresh.now += byte >>> 2;
          fresh.appendDigit(0, (byte >>> 1) & 1);
        }
        expect(store.lastTime(0)).toBe(fresh.now);
        for (const one of [store, fresh]) {
          one.now = fresh.now + 1;
          one.appendDigit(0, 2);
          one.appendDigit(0, 1);
        }
        expect(records(store, 0)).toEqual(records(fresh, 0));
        expect(store.takeDigitRecords(0, Uint8Array.of(4, 6), 0, store.lastTime(0) + 2)).toBe(0);
      }),
      { numRuns: 20 },
    );
  });

  it("gives back its room", () => {
    const store = new SignalStore();
    const signal = store.add("string", 1);
    const text = "long ".repeat(2_000);
    const once = (): number => {
      fill(
        store,
        signal,
        Array.from({ length: 200 }, (_, i) => `${i}${i % 2 === 0 ? text : "short"}`),
      );
      const { bytes } = store;
      store.drop(signal);
      return bytes;
    };
    const first = once();
    for (let i = 0; i < 20; i++) expect(once()).toBe(first);
    expect(store.blobs.length).toBe(100);
  });
});

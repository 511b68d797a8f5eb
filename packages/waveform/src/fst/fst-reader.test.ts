import {
  array,
  assert,
  asyncProperty,
  boolean,
  constantFrom,
  double,
  integer,
  oneof,
  record,
  stringMatching,
  tuple,
} from "fast-check";
import { describe, expect, it } from "vitest";
import { WaveformQueries } from "../query/waveform-queries.js";
import { bytesAnywhere } from "../source/random-source.js";
import { WaveformBuilder } from "../store/waveform-builder.js";
import { fstBytes, type FstSignal, type FstText } from "../testing/fst-bytes.test.support.js";
import { readFst } from "./fst-reader.js";
import { timescaleOf } from "./fst-header.js";

const WIRE = 16;
const REAL = 3;

function open(text: FstText, memoryBudget?: number): { builder: WaveformBuilder; queries: WaveformQueries } {
  const builder = new WaveformBuilder();
  readFst(bytesAnywhere(fstBytes(text)), builder, { memoryBudget });
  return { builder, queries: new WaveformQueries(builder) };
}

const plain = { blockType: 8, littleEndian: true, exponent: -9, timeZero: 0n };

/** The value of a signal at a tick, straight from what was written. */
function expected({ times }: FstText, signal: FstSignal, tick: bigint): string | number | undefined {
  let value = (times[0]?.[0] ?? 0n) > 0n ? signal.initial : undefined;
  for (const [block, changes] of signal.changes.entries())
    for (const [time, next] of changes) if ((times[block]?.[time] ?? 0n) <= tick) value = next;
  return value;
}

const digits = (length: number) =>
  oneof(
    stringMatching(new RegExp(`^[01]{${length}}$`)),
    stringMatching(new RegExp(`^[01xzuwlh-]{${length}}$`)),
  );

describe("FST files of any shape", () => {
  const shape = oneof(
    ...[1, 2, 7, 8, 9, 31, 32, 33, 64, 70].map((length) =>
      record({
        length: constantFrom(length),
        values: array(digits(length), { minLength: 1, maxLength: 12 }),
      }),
    ),
    record({ length: constantFrom(0), values: array(double(), { minLength: 1, maxLength: 12 }) }),
  );
  const file = record({
    steps: array(
      array(oneof(integer({ min: 1, max: 9 }), constantFrom(2 ** 40)), { minLength: 1, maxLength: 9 }),
      {
        minLength: 1,
        maxLength: 4,
      },
    ),
    shapes: array(
      tuple(shape, array(integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 9 }), boolean()),
      {
        minLength: 1,
        maxLength: 9,
      },
    ),
    startsAtZero: boolean(),
    blockType: constantFrom(1, 5, 8),
    littleEndian: boolean(),
  });

  it("have the value at every tick that was written, whatever the kind of block and the order of bytes", async () => {
    await assert(
      asyncProperty(file, async ({ steps, shapes, startsAtZero, blockType, littleEndian }) => {
        let time = startsAtZero ? -BigInt(steps[0]?.[0] ?? 0) : 0n;
        const times = steps.map((block) => block.map((step) => (time += BigInt(step))));
        const signals = shapes.map(([{ length, values }, rhythm, twin], i): FstSignal => {
          const initial = values[0] ?? 0;
          const own = twin ? 0 : i;
          let at = own;
          const changes = times.map((block) =>
            block.flatMap((_, k): (readonly [number, string | number])[] => {
              at++;
              return (rhythm[at % rhythm.length] ?? 0) < 3 ? [[k, values[at % values.length] ?? 0]] : [];
            }),
          );
          return { name: `s${i}`, length, type: length === 0 ? REAL : WIRE, initial, changes };
        });
        // Twins have equal chains, which are kept once.
        signals.push(...signals.slice(0, 3).map((signal) => ({ ...signal, name: `${signal.name}_twin` })));
        const text = { ...plain, times, signals, blockType, littleEndian };
        const { builder, queries } = open(text, 64);
        expect(builder.warnings).toEqual([]);
        for (const tick of [0n, ...times.flat(), (times.at(-1)?.at(-1) ?? 0n) + 1n]) {
          for (const [i, signal] of signals.entries()) {
            await builder.loader?.load([i]);
            const [value] = queries.values([i], tick);
            expect(value).toEqual(expected(text, signal, tick));
          }
        }
        await builder.loader?.load(Array.from(signals.keys()));
        expect(await builder.loader?.countTransitions()).toBe(builder.signals.transitions);
      }),
      { numRuns: 60 },
    );
  });
});

describe("an index of many signals", () => {
  it.each([1, 5, 8])("of a block of type %d leads to each of them, in any order", async (blockType) => {
    const times = [[1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n, 9n, 10n]];
    const signals = Array.from({ length: 5_000 }, (_, i): FstSignal => {
      // A run without changes now and then; of the rest many share a chain with an earlier one.
      const changes =
        i % 11 < 3 ? [] : [0, 1, 2, 3].map((bit): [number, string] => [bit * 2, String((i >> bit) & 1)]);
      const own =
        i % 7 === 0
          ? Array.from({ length: 9 }, (__, k): [number, string] => [k, String((i >> k) & 1)])
          : changes;
      return { name: `s${i}`, length: 1, type: WIRE, initial: "x", changes: [own] };
    });
    const text = { ...plain, blockType, times, signals };
    const { builder, queries } = open(text);
    for (let k = 0; k < 300; k++) {
      const i = (k * 2_741 + 13) % signals.length;
      const signal = signals[i];
      if (signal === undefined) throw new Error("no such signal");
      await builder.loader?.load([i]);
      for (const tick of [3n, 10n]) expect(queries.values([i], tick)).toEqual([expected(text, signal, tick)]);
    }
    const all = open(text);
    await all.builder.loader?.load(Array.from(signals.keys()));
    expect(await builder.loader?.countTransitions()).toBe(all.builder.signals.transitions);
  });
});

describe("signals that are loaded when they are looked at", () => {
  const times = [Array.from({ length: 16_000 }, (_, i) => BigInt(i))];
  const toggles = (name: string, phase: number): FstSignal => ({
    name,
    length: 1,
    type: WIRE,
    initial: "x",
    changes: [times[0]?.map((_, i) => [i, (i + phase) % 2 === 0 ? "1" : "0"] as const) ?? []],
  });
  const signals = Array.from({ length: 150 }, (_, i) => toggles(`s${i}`, i));

  it("give way to those that are looked at later, the one that was not looked at for longest first", async () => {
    // Memory is taken in pages of 1 MiB, of which each signal takes a fiftieth or so.
    const { builder, queries } = open({ ...plain, times, signals }, 1 << 20);
    const { loader, signals: store } = builder;
    if (loader === undefined) throw new Error("nothing is loaded later");
    const dropped: number[] = [];
    loader.onDropped((signal) => dropped.push(signal));
    for (let signal = 1; signal < signals.length; signal++) {
      await loader.load([signal]);
      await loader.load([0]);
      expect(store.count(signal)).toBe(16_000);
      expect(store.changeBytes).toBeLessThan(2 << 20);
    }
    expect(dropped.length).toBeGreaterThan(50);
    expect(dropped).toEqual(dropped.map((_, i) => i + 1));
    expect(store.count(0)).toBe(16_000);
    await loader.load([1]);
    expect(queries.values([1], 15_999n)).toEqual(["1"]);
  });

  it("are all there for one question, also when they take more than they may", async () => {
    const { builder, queries } = open({ ...plain, times, signals }, 1);
    await builder.loader?.load([7, 0, 3, 3, 999, -1, 0.5]);
    expect(queries.values([7, 0, 3], 10n)).toEqual(["0", "1", "0"]);
    expect(builder.signals.count(1)).toBe(0);
  });
});

describe("the header", () => {
  it.each([
    [-15, 1, "fs"],
    [-14, 10, "fs"],
    [-10, 100, "ps"],
    [-9, 1, "ns"],
    [0, 1, "s"],
    [2, 100, "s"],
    [-16, 1, "ns"],
    [3, 1, "ns"],
  ])("a tick of 10^%d s is %d %s", (exponent, magnitude, unit) => {
    expect(timescaleOf(exponent)).toEqual({ magnitude, unit });
  });

  it("an offset of time may be negative", () => {
    const { builder } = open({ ...plain, times: [[0n]], signals: [], timeZero: -7n });
    expect(builder.timeZero).toBe(-7n);
  });
});

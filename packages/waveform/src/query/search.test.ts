import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeChanges } from "../format/decode-changes.js";
import { ColumnsFormatError } from "../format/decode-columns.js";
import { digitsOf, type PackedValue } from "../format/packed-value.js";
import { bytesSource } from "../source/byte-source.js";
import { WaveformBuilder } from "../store/waveform-builder.js";
import {
  randomWaveform,
  realText,
  valueAt,
  type ModelSignal,
  type ModelWaveform,
} from "../testing/random-waveform.test.support.js";
import { readVcd } from "../vcd/vcd-reader.js";
import { WaveformQueries } from "./waveform-queries.js";

function open({ text }: { text: string }): WaveformQueries {
  const builder = new WaveformBuilder();
  readVcd(bytesSource(new TextEncoder().encode(text)), builder);
  return new WaveformQueries(builder);
}

function shown(value: PackedValue | undefined): string | undefined {
  if (value?.kind === "bits") return digitsOf(value);
  if (value?.kind === "real") return realText(value.value);
  return value?.kind === "string" ? value.text : value && "1";
}

const parts = fc.record({
  a: fc.double({ min: -0.3, max: 1.3, noNaN: true }),
  b: fc.double({ min: -0.3, max: 1.3, noNaN: true }),
  pick: fc.nat(1_000),
  holes: fc.array(fc.nat(80), { maxLength: 4 }),
});

function ticks(model: ModelWaveform, part: number): bigint {
  return (BigInt(Math.round(part * 1_000)) * (model.end + 2n)) / 1_000n;
}

/** Whether a value fits a pattern of as many digits, in which `?` is any digit. */
function fits(value: string, pattern: string): boolean {
  return Array.from(pattern).every((digit, i) => digit === "?" || digit === value[i]);
}

describe("the next and the previous time at which a signal takes a value", () => {
  const check = (
    model: ModelWaveform,
    query: { a: number; pick: number; holes: readonly number[] },
  ): void => {
    const queries = open(model);
    const time = ticks(model, query.a);
    for (const [signal, own] of model.signals.entries()) {
      const some = own.changes[query.pick % Math.max(1, own.changes.length)]?.value ?? "1";
      const digits = Array.from(some);
      for (const hole of query.holes) if (hole < digits.length) digits[hole] = "?";
      const pattern = own.kind === "bits" ? digits.join("") : some;
      const match = ({ value }: { value: string }): boolean =>
        own.kind === "bits" ? fits(value, pattern) : value === pattern;
      const next = own.changes.find((change) => change.time > time && match(change))?.time;
      const previous = own.changes.findLast((change) => change.time < time && match(change))?.time;
      // Strings and signs of zero are compared as a person compares them.
      if (own.kind === "real" && Number(pattern) === 0) continue;
      const value = own.kind === "real" ? Number(pattern) : pattern;
      expect(queries.findValue({ signal, value, time, direction: "next" })).toBe(next);
      expect(queries.findValue({ signal, value, time, direction: "previous" })).toBe(previous);
    }
  };

  it("is what a search from change to change finds, with x, z and ? in the pattern", () => {
    fc.assert(fc.property(randomWaveform(80), parts, check), { numRuns: 300 });
  });

  it("also over many checkpoints", () => {
    fc.assert(fc.property(randomWaveform(1_500), parts, check), { numRuns: 25 });
  });

  const queries = open({
    text: "$var wire 12 ! a $end\n$var real 64 # r $end\n$var event 1 $ e $end\n$enddefinitions $end\n#0\nb0 !\nr0.5 #\n#1\nb1x !\n#2\nbx !\n#3\nb11 !\nrnan #\n1$\n#4\n1$\nbzx1 !\n",
  });
  it.each([
    ["11", 3n],
    ["000000000011", 3n],
    ["0000000000000011", 3n],
    ["1x", 1n],
    ["X", 2n],
    ["?1", 3n],
    ["zzzzzzzzzzx1", 4n],
    ["zx1", 4n],
    ["111", undefined],
  ])("%s is found first at %s", (value, time) => {
    expect(queries.findValue({ signal: 0, value, time: -1n, direction: "next" })).toBe(time);
  });

  it("numbers, NaN and events are found", () => {
    const find = (signal: number, value: string | number) =>
      queries.findValue({ signal, value, time: -1n, direction: "next" });
    expect([find(1, 0.5), find(1, "0.5"), find(1, "nan"), find(1, 7), find(2, 1)]).toEqual([
      0n,
      0n,
      3n,
      undefined,
      3n,
    ]);
    expect(queries.findValue({ signal: 2, value: 1, time: 4n, direction: "previous" })).toBe(3n);
  });

  it.each([
    [0, "12"],
    [0, ""],
    [0, "1000000000000"],
    [1, "half"],
    [1, ""],
    [9, "1"],
  ])("signal %s is not asked for %j", (signal, value) => {
    expect(() => queries.findValue({ signal, value, time: 0n, direction: "next" })).toThrow(RangeError);
  });
});

describe("the changes in a window", () => {
  it("come in pages, with the value in force before", () => {
    fc.assert(
      fc.property(randomWaveform(120), parts, fc.integer({ min: 1, max: 9 }), (model, { a, b }, limit) => {
        const queries = open(model);
        const [start, end] = a < b ? [ticks(model, a), ticks(model, b)] : [ticks(model, b), ticks(model, a)];
        for (const [signal, own] of model.signals.entries()) {
          const inside = own.changes.filter(({ time }) => time >= start && time < end);
          const got: { time: bigint; value: string | undefined }[] = [];
          for (let from: bigint | undefined = start; from !== undefined;) {
            const page = decodeChanges(queries.changes({ signal, start: from, end, limit }));
            expect([page.kind, page.width]).toEqual([own.kind, own.width]);
            expect(page.times.length).toBeLessThanOrEqual(limit);
            const before = own.changes.findLast(({ time }) => time < (from ?? 0n));
            expect(page.before?.time).toBe(before?.time);
            expect(shown(page.before?.value)).toBe(before?.value);
            for (const [i, time] of page.times.entries()) got.push({ time, value: shown(page.value(i)) });
            from = page.next;
          }
          expect(got).toEqual(inside);
          expect(queries.countChanges({ signal, start, end })).toBe(inside.length);
        }
      }),
      { numRuns: 150 },
    );
  });

  it("are counted by their ordinals, over many checkpoints too", () => {
    fc.assert(
      fc.property(randomWaveform(1_500), parts, (model, { a, b }) => {
        const queries = open(model);
        const [start, end] = a < b ? [ticks(model, a), ticks(model, b)] : [ticks(model, b), ticks(model, a)];
        for (const [signal, own] of model.signals.entries()) {
          const want = own.changes.filter(({ time }) => time >= start && time < end).length;
          expect(queries.countChanges({ signal, start, end })).toBe(want);
        }
      }),
      { numRuns: 25 },
    );
  });

  it("an answer that was cut or changed is refused or read, never more", () => {
    const queries = open({
      text: "$var wire 9 ! a $end\n$enddefinitions $end\n#0\nb1 !\n#1\nbx1 !\n#2\nb0 !\n",
    });
    const whole = queries.changes({ signal: 0, start: 0n, end: 9n, limit: 9 });
    fc.assert(
      fc.property(fc.nat(whole.byteLength - 1), fc.nat(255), fc.nat(whole.byteLength), (at, to, length) => {
        const bytes = new Uint8Array(whole.slice(0));
        bytes[at] = to;
        for (const buffer of [bytes.buffer, bytes.buffer.slice(0, length)]) {
          try {
            const changes = decodeChanges(buffer);
            for (let i = 0; i < changes.times.length; i++) changes.value(i);
          } catch (error) {
            if (!(error instanceof ColumnsFormatError)) throw error;
          }
        }
      }),
    );
  });

  it("a window that ends before it starts, or an odd limit, is refused", () => {
    const queries = open({ text: "$var wire 1 ! a $end\n$enddefinitions $end\n#0\n1!\n" });
    expect(() => queries.changes({ signal: 0, start: 2n, end: 1n, limit: 1 })).toThrow(RangeError);
    for (const limit of [0, -1, 1.5, 65_537]) {
      expect(() => queries.changes({ signal: 0, start: 0n, end: 1n, limit })).toThrow(RangeError);
    }
  });
});

/** The slow and obvious way. */
function expected(own: ModelSignal, start: bigint, end: bigint): { min: number; max: number } | undefined {
  const inside = own.changes.filter(({ time }) => time >= start && time < end).map(({ value }) => value);
  const numbers = [valueAt(own, start), ...inside]
    .filter((value) => value !== undefined)
    .filter((value) => own.kind === "real" || (own.kind === "bits" && /^[01]+$/.test(value)))
    .map((value) => (own.kind === "real" ? Number(value) : Number(BigInt(`0b${value}`))))
    .filter((value) => !Number.isNaN(value));
  return numbers.length === 0 ? undefined : { min: Math.min(...numbers) + 0, max: Math.max(...numbers) + 0 };
}

describe("the smallest and the largest number in a window", () => {
  it("are what a look at each value finds", () => {
    fc.assert(
      fc.property(randomWaveform(200), parts, (model, { a, b }) => {
        const queries = open(model);
        const [start, end] = a < b ? [ticks(model, a), ticks(model, b)] : [ticks(model, b), ticks(model, a)];
        for (const [signal, own] of model.signals.entries()) {
          const got = queries.extremes({ signal, start, end });
          expect(got && { min: got.min + 0, max: got.max + 0 }).toEqual(expected(own, start, end));
        }
      }),
      { numRuns: 150 },
    );
  });
});

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatTime } from "./format-time.js";
import { finestExponent, rescale, tickExponent, unionRange } from "./time-axis.js";

const timescale = fc.record({
  magnitude: fc.constantFrom(1 as const, 10 as const, 100 as const),
  unit: fc.constantFrom(
    "s" as const,
    "ms" as const,
    "us" as const,
    "ns" as const,
    "ps" as const,
    "fs" as const,
  ),
});
const ticks = fc.bigInt({ min: -(2n ** 64n), max: 2n ** 64n });

describe("one axis for files of different timescales", () => {
  it("keeps every time exactly, there and back", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(timescale, ticks), { minLength: 1, maxLength: 5 }), (files) => {
        const axis = finestExponent(files.map(([scale]) => tickExponent(scale))) ?? 0;
        for (const [scale, time] of files) {
          const own = tickExponent(scale);
          const onAxis = rescale(time, own, axis);
          expect(rescale(onAxis, axis, own)).toBe(time);
          // The same femtoseconds, by another way.
          expect(formatTime(rescale(time, own, -15), { magnitude: 1, unit: "fs" }, "fs")).toBe(
            formatTime(time, scale, "fs"),
          );
        }
      }),
    );
  });

  it("rounds down, below zero too, where it is coarser", () => {
    expect([rescale(1_999n, -12, -9), rescale(-1n, -12, -9), rescale(-2_000n, -12, -9)]).toEqual([
      1n,
      -1n,
      -2n,
    ]);
  });

  it("spans all files", () => {
    const range = fc.tuple(timescale, ticks, fc.bigInt({ min: 0n, max: 2n ** 60n }));
    fc.assert(
      fc.property(fc.array(range, { minLength: 1, maxLength: 5 }), (files) => {
        const ranges = files.map(([scale, start, length]) => ({
          start,
          end: start + length,
          exponent: tickExponent(scale),
        }));
        const union = unionRange(ranges);
        if (union === undefined) throw new Error("no union");
        const starts = ranges.map((own) => rescale(own.start, own.exponent, union.exponent));
        const ends = ranges.map((own) => rescale(own.end, own.exponent, union.exponent));
        expect(starts.every((start) => start >= union.start) && starts.includes(union.start)).toBe(true);
        expect(ends.every((end) => end <= union.end) && ends.includes(union.end)).toBe(true);
      }),
    );
    expect(unionRange([])).toBeUndefined();
    expect(unionRange([{ start: 1_001n, end: 1_001n, exponent: -12 }], -9)).toEqual({
      start: 1n,
      end: 2n,
      exponent: -9,
    });
  });
});

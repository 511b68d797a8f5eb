import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { finest, formatExact, formatIn, groupDigits, parseTicks, rescale, unitFor } from "./timebase.js";

describe("time base", () => {
  it("takes the finest ticks among the files", () => {
    expect(finest([-9, -12, -6])).toBe(-12);
    expect(finest([])).toBe(-9);
  });

  it("converts to a finer base and back without loss", () => {
    fc.assert(
      fc.property(
        fc.bigInt(),
        fc.integer({ min: -15, max: 2 }),
        fc.integer({ min: 0, max: 15 }),
        (ticks, coarse, by) => {
          expect(rescale(rescale(ticks, coarse, coarse - by), coarse - by, coarse)).toBe(ticks);
        },
      ),
    );
  });

  it("rounds down where the target is coarser, also below zero", () => {
    expect(rescale(1999n, -12, -9)).toBe(1n);
    expect(rescale(-1n, -12, -9)).toBe(-1n);
  });

  it("writes exact times in a readable unit", () => {
    expect(formatExact(12_345n, -9)).toBe("12.345 µs");
    expect(formatExact(0n, -12)).toBe("0 ps");
    expect(formatExact(5n, -8)).toBe("50 ns");
    expect(formatExact(1_000_000_001n, -9)).toBe("1.000000001 s");
    expect(formatExact(7_200n, 0)).toBe("7200 s");
    expect(formatIn(1500n, -9, unitFor(-6))).toBe("1.5 µs");
    expect(formatIn(-1500n, -9, unitFor(-9))).toBe("-1500 ns");
  });

  it("reads what a person types, with a unit", () => {
    expect(parseTicks("1.5us", -9)).toBe(1500n);
    expect(parseTicks(" 20 µs ", -9)).toBe(20_000n);
    expect(parseTicks("1 ps", -9)).toBe(0n);
    expect(parseTicks("3 s", -15)).toBe(3_000_000_000_000_000n);
    for (const text of ["", "1500", "us", "1.5 parsecs", "zoom in"])
      expect(parseTicks(text, -9)).toBeUndefined();
  });

  it("groups long digit runs", () => {
    expect(groupDigits("1234")).toBe("1234");
    expect(groupDigits("-12345678")).toBe("-12\u202f345\u202f678");
  });
});

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ruler } from "./ruler.js";

describe("ruler", () => {
  it("labels round times in one unit", () => {
    const { step, major } = ruler({ start: 0n, end: 1000n }, 1000, -9);
    expect(step).toBe(100n);
    expect(major.slice(0, 3).map((mark) => mark.label)).toEqual(["0 ns", "100 ns", "200 ns"]);
    expect(major[1]?.x).toBeCloseTo(100);
  });

  it("takes the larger unit when the step is a whole number of it", () => {
    expect(ruler({ start: 0n, end: 10_000n }, 1000, -9).major[1]?.label).toBe("1 µs");
  });

  it("never labels less than a tick", () => {
    const { step, major } = ruler({ start: 40n, end: 48n }, 1600, -12);
    expect(step).toBe(1n);
    expect(major[0]?.label).toBe("40 ps");
  });

  it("labels never touch, and there are some, at any place and zoom", () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: 10n ** 18n }),
        fc.bigInt({ min: 8n, max: 10n ** 18n }),
        fc.integer({ min: 400, max: 3840 }),
        fc.integer({ min: -15, max: 0 }),
        (start, width, pixels, exponent) => {
          const { major } = ruler({ start, end: start + width }, pixels, exponent);
          expect(major.length).toBeGreaterThan(0);
          for (const [index, mark] of major.entries()) {
            const next = major[index + 1];
            if (next) expect(next.x - mark.x).toBeGreaterThan(mark.label.length * 7);
          }
        },
      ),
    );
  });
});

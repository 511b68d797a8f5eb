import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { edges, placeEdges, ruler } from "./ruler.js";

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

describe("ends of the recording", () => {
  const extent = { start: 200n, end: 1000n };

  it("are told where they are in view", () => {
    expect(edges({ start: 100n, end: 300n }, extent, 1000, -9)).toEqual([
      { side: "start", x: 500, label: "start 200 ns" },
    ]);
    expect(edges(extent, extent, 1000, -9).map(({ x, label }) => [x, label])).toEqual([
      [0, "start 200 ns"],
      [1000, "end 1 µs"],
    ]);
    expect(edges({ start: 300n, end: 900n }, extent, 1000, -9)).toEqual([]);
  });

  it("have labels inside of the recording, of which one gives way where there is no room", () => {
    const both = edges(extent, extent, 300, -9);
    expect(placeEdges(both, [80, 60], 300)).toEqual([
      { left: 4, right: 84 },
      { left: 236, right: 296 },
    ]);
    expect(placeEdges(both, [180, 160], 300)).toEqual([{ left: 4, right: 184 }, undefined]);
  });
});

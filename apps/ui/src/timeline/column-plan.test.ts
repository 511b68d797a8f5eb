import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { placeColumns, planColumns, serves } from "./column-plan.js";

const time = (start: bigint, end: bigint, exponent = -9) => ({
  start,
  end,
  exponent,
  hasTimescale: true,
  blackouts: [],
});

describe("column plan", () => {
  it("asks for half a screen more on either side, within the file", () => {
    expect(planColumns({ start: 400_000n, end: 600_000n }, -9, time(0n, 1_000_000n), 1000)).toEqual({
      start: 300_000n,
      end: 700_001n,
      columns: 2001,
    });
    expect(planColumns({ start: 0n, end: 1_000_000n }, -9, time(0n, 1_000_000n), 1000)).toMatchObject({
      start: 0n,
      end: 1_000_001n,
    });
  });

  it("never asks for more columns than ticks, so that deep zoom is exact", () => {
    expect(planColumns({ start: 40n, end: 48n }, -9, time(0n, 1000n), 1600)).toEqual({
      start: 36n,
      end: 53n,
      columns: 17,
    });
  });

  it("counts in the file's own ticks", () => {
    expect(planColumns({ start: 0n, end: 5_000n }, -12, time(0n, 100n, -9), 100)).toEqual({
      start: 0n,
      end: 8n,
      columns: 8,
    });
  });

  it("asks nothing of a file that is out of sight", () => {
    expect(planColumns({ start: 500n, end: 600n }, -9, time(0n, 100n), 100)).toBeUndefined();
  });

  it("a plan serves its own view, and places a tick where the view has it", () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: 1n << 50n }),
        fc.bigInt({ min: 8n, max: 1n << 50n }),
        fc.integer({ min: 1, max: 4000 }),
        (start, width, pixels) => {
          const file = time(0n, 1n << 51n);
          const view = { start, end: start + width };
          const plan = planColumns(view, -9, file, pixels);
          if (!plan) throw new Error("the view touches the file");
          expect(plan.columns).toBeGreaterThan(0);
          expect(serves(plan, plan, view, -9, file)).toBe(true);
          const place = placeColumns(plan, view, -9, -9, pixels);
          expect(place.x + place.width * plan.columns).toBeGreaterThan(pixels - 0.01);
        },
      ),
    );
  });

  it("does not serve after zooming in or panning away", () => {
    const file = time(0n, 1_000_000n);
    const view = { start: 400_000n, end: 500_000n };
    const plan = planColumns(view, -9, file, 1000);
    const closer = { start: 440_000n, end: 460_000n };
    const away = { start: 460_000n, end: 560_000n };
    const small = { start: 410_000n, end: 510_000n };
    for (const [next, expected] of [
      [closer, false],
      [away, false],
      [small, true],
    ] as const) {
      const want = planColumns(next, -9, file, 1000);
      if (!plan || !want) throw new Error("the views touch the file");
      expect(serves(plan, want, next, -9, file)).toBe(expected);
    }
  });
});

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { buildSegments, firstAfter, SEGMENT, type ColumnLook } from "./segments.js";

/** Columns from values at the start and end of each; `many` marks those with more changes. Value 9 is unknown. */
function look(columns: readonly (readonly [number, number])[], many: readonly number[] = []): ColumnLook {
  return {
    columns: columns.length,
    first: (column) => columns[column]?.[0] ?? -1,
    last: (column) => columns[column]?.[1] ?? -1,
    isDense: (column) => many.includes(column),
    hasUnknown: (column) => columns[column]?.includes(9) ?? false,
    kindOf: (value) => (value === 9 ? SEGMENT.unknown : value === 1 ? SEGMENT.high : SEGMENT.low),
  };
}

const runs = (source: ColumnLook) => {
  const { count, starts, ends, kinds, values } = buildSegments(source);
  return Array.from({ length: count }, (_, i) => [starts[i], ends[i], kinds[i], values[i]]);
};

describe("segments", () => {
  it("starts a run where the value changes", () => {
    expect(
      runs(
        look([
          [0, 0],
          [0, 1],
          [1, 1],
          [1, 0],
        ]),
      ),
    ).toEqual([
      [0, 1, SEGMENT.low, 0],
      [1, 3, SEGMENT.high, 1],
      [3, 4, SEGMENT.low, 0],
    ]);
  });

  it("shows nothing before the first value", () => {
    expect(
      runs(
        look([
          [-1, -1],
          [-1, 1],
        ]),
      ),
    ).toEqual([
      [0, 1, SEGMENT.none, -1],
      [1, 2, SEGMENT.high, 1],
    ]);
  });

  it("fills columns that changed more than once, and joins them", () => {
    expect(
      runs(
        look(
          [
            [0, 0],
            [0, 1],
            [1, 0],
            [0, 0],
          ],
          [1, 2],
        ),
      ),
    ).toEqual([
      [0, 1, SEGMENT.low, 0],
      [1, 3, SEGMENT.dense, -1],
      [3, 4, SEGMENT.low, 0],
    ]);
  });

  it("lets x win a column that it ends in", () => {
    expect(
      runs(
        look(
          [
            [0, 0],
            [0, 9],
            [9, 1],
            [1, 9],
          ],
          [3],
        ),
      ),
    ).toEqual([
      [0, 1, SEGMENT.low, 0],
      [1, 2, SEGMENT.unknown, 9],
      [2, 3, SEGMENT.high, 1],
      [3, 4, SEGMENT.denseUnknown, -1],
    ]);
  });

  it("covers every column exactly once, in order", () => {
    const value = fc.integer({ min: -1, max: 3 });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(value, value), { minLength: 1 }),
        fc.array(fc.nat(20)),
        (columns, many) => {
          const { count, starts, ends } = buildSegments(look(columns, many));
          let at = 0;
          for (let i = 0; i < count; i++) {
            expect(starts[i]).toBe(at);
            at = ends[i] ?? -1;
          }
          expect(at).toBe(columns.length);
        },
      ),
    );
  });

  it("finds the first run in sight", () => {
    const segments = buildSegments(
      look([
        [0, 0],
        [1, 1],
        [1, 1],
        [0, 0],
      ]),
    );
    expect(firstAfter(segments, -5)).toBe(0);
    expect(firstAfter(segments, 0)).toBe(0);
    expect(firstAfter(segments, 1)).toBe(1);
    expect(firstAfter(segments, 2)).toBe(1);
    expect(firstAfter(segments, 3)).toBe(2);
    expect(firstAfter(segments, 4)).toBe(3);
  });
});

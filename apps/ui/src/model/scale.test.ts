import { expect, test } from "vitest";
import { measuresAt, nextTextSize, parseTextSize, TEXT_SIZES } from "./scale.js";

test("rows and the ruler have whole heights at every scale, so that list and canvas stay aligned", () => {
  for (const size of TEXT_SIZES) {
    for (const wide of [1, 1.15, 1.4]) {
      const { row, analogRow, ruler } = measuresAt(size * wide);
      expect([row, analogRow, ruler].every(Number.isInteger)).toBe(true);
    }
  }
  expect(measuresAt(1)).toEqual({ row: 24, analogRow: 72, ruler: 28, font: 12, smallFont: 11 });
});

test("text grows and shrinks step by step and stops at the ends", () => {
  expect(nextTextSize(1, 1)).toBe(1.15);
  expect(nextTextSize(1, -1)).toBe(0.9);
  expect(nextTextSize(2, 1)).toBe(2);
  expect(nextTextSize(0.8, -1)).toBe(0.8);
});

test("what is stored and is no text size counts as the usual one", () => {
  for (const text of [null, undefined, "", "NaN", "-1", "1000", "1.31"]) expect(parseTextSize(text)).toBe(1);
  expect(parseTextSize("1.3")).toBe(1.3);
});

import { formatOf, type Row } from "../state/app-state.js";
import type { Measures } from "./scale.js";

/** Where every row stands, in CSS pixels from the top of the first. */
export interface RowLayout {
  /** One more than there are rows; the last is the height of all. */
  readonly tops: Float64Array;
}

/** Stacks the rows. */
export function layoutRows(rows: readonly Row[], measures: Measures): RowLayout {
  const tops = new Float64Array(rows.length + 1);
  let top = 0;
  for (const [index, row] of rows.entries()) {
    tops[index] = top;
    top += rowHeight(row, measures);
  }
  tops[rows.length] = top;
  return { tops };
}

/** Analog rows are taller. */
export function rowHeight(row: Row, measures: Measures): number {
  return formatOf(row) === "analog" ? measures.analogRow : measures.row;
}

/** Height of all rows. */
export function totalHeight(layout: RowLayout): number {
  return layout.tops.at(-1) ?? 0;
}

/** The row at `y`, or the nearest one. -1 if there is none. */
export function rowAt(layout: RowLayout, y: number): number {
  let low = 0;
  let high = layout.tops.length - 2;
  if (high < 0) return -1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((layout.tops[middle] ?? 0) <= y) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** First and last row that show between `top` and `bottom`; last < first if none does. */
export function rowsBetween(layout: RowLayout, top: number, bottom: number): { first: number; last: number } {
  if (layout.tops.length < 2 || bottom <= 0 || top >= totalHeight(layout)) return { first: 0, last: -1 };
  return { first: rowAt(layout, top), last: rowAt(layout, Math.max(0, bottom - 1)) };
}

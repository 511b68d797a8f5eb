import { rescale, type Exponent } from "../model/timebase.js";
import { xAt, type View } from "../model/viewport.js";
import type { FileTime } from "../state/app-state.js";
import type { RowBox } from "./draw-row.js";
import type { Inks } from "./inks.js";
import type { Raster } from "./raster.js";

/** A stretch of a row in which nothing was recorded, in device pixels: whole numbers, `left` < `right`. */
export interface Stretch {
  readonly left: number;
  readonly right: number;
}

/** Where the blackouts of a file that are in view stand. Those too short for a pixel have no place. */
export function placeBlackouts(time: FileTime, view: View, base: Exponent, width: number): Stretch[] {
  const places: Stretch[] = [];
  for (const { from, to } of time.blackouts) {
    const begin = xAt(view, rescale(from, time.exponent, base), width);
    const end = xAt(view, rescale(to, time.exponent, base), width);
    // A pixel at its edge that shows the x of the dump as well is taken with it.
    const left = Math.floor(begin);
    const right = Math.ceil(end);
    if (end - begin >= 1 && right > 0 && left < width) places.push({ left, right });
  }
  return places;
}

/** The first part of `left` to `right` that is in no blackout; nothing of it may be left. */
export function besideBlackouts(blackouts: readonly Stretch[], left: number, right: number): Stretch {
  let from = left;
  for (const blackout of blackouts) {
    if (blackout.left > from) return { left: from, right: Math.min(right, blackout.left) };
    if (blackout.right > from) from = blackout.right;
  }
  return { left: from, right };
}

/** Draws over what the values in force would look like: thin wide-set lines, calmer than those of x. */
export function drawBlackouts(raster: Raster, blackouts: readonly Stretch[], box: RowBox, inks: Inks): void {
  for (const { left, right } of blackouts) {
    raster.hatch(left, box.top, right, box.bottom, inks.background, inks.unrecorded, 10 * box.line);
  }
}

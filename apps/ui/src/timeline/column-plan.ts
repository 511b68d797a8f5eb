import { MAX_COLUMNS } from "@novywave/protocol";
import { rescale, type Exponent } from "../model/timebase.js";
import { span, type View } from "../model/viewport.js";
import type { FileTime } from "../state/app-state.js";

/** A stretch of a file's time cut into columns. All times in ticks of the file, `end` exclusive. */
export interface ColumnSpan {
  readonly start: bigint;
  readonly end: bigint;
  readonly columns: number;
}

/**
 * What to ask for so that `view` can be drawn on `pixels` device pixels: the visible part of the file with half a
 * screen on either side, so that panning shows something while the next answer is on its way. Never more columns than
 * there are ticks. Undefined when the view does not touch the file.
 */
export function planColumns(
  view: View,
  base: Exponent,
  time: FileTime,
  pixels: number,
): ColumnSpan | undefined {
  const visible = clip(view.start, view.end, base, time);
  if (!visible || pixels < 1) return undefined;
  const margin = span(view) / 2n;
  const wide = clip(view.start - margin, view.end + margin, base, time) ?? visible;
  const inBase = rescale(wide.end, time.exponent, base) - rescale(wide.start, time.exponent, base);
  const wanted = Math.ceil((Number(inBase) / Number(span(view))) * pixels);
  const ticks = wide.end - wide.start;
  const most = BigInt(Math.min(MAX_COLUMNS, Math.max(1, wanted)));
  return { ...wide, columns: Number(ticks < most ? ticks : most) };
}

/** Whether `have` still serves where `planColumns` would now say `want`: as fine, and the view well inside. */
export function serves(
  have: ColumnSpan,
  want: ColumnSpan,
  view: View,
  base: Exponent,
  time: FileTime,
): boolean {
  const coarseness =
    Number(have.end - have.start) / have.columns / (Number(want.end - want.start) / want.columns);
  // One column per tick cannot be finer.
  const exact = have.end - have.start === BigInt(have.columns);
  if (!exact && (coarseness > 1.001 || coarseness < 0.6)) return false;
  if (exact && have.columns > MAX_COLUMNS / 2 && coarseness < 0.6) return false;
  const eighth = span(view) / 8n;
  const needed = clip(view.start - eighth, view.end + eighth, base, time);
  return needed === undefined || (needed.start >= have.start && needed.end <= have.end);
}

/** The part of [start, end) in base ticks that the file covers, rounded outwards to its ticks. */
function clip(
  start: bigint,
  end: bigint,
  base: Exponent,
  time: FileTime,
): { start: bigint; end: bigint } | undefined {
  const first = rescale(start, base, time.exponent);
  const last = rescale(end, base, time.exponent) + 1n;
  const from = first > time.start ? first : time.start;
  const to = last < time.end + 1n ? last : time.end + 1n;
  return to > from ? { start: from, end: to } : undefined;
}

/** Where columns are drawn: column `i` begins at `x + i * width`. */
export interface ColumnPlace {
  readonly x: number;
  readonly width: number;
}

/** Places `columns` into `view` on `pixels` CSS pixels; also when they were asked for another view. */
export function placeColumns(
  columns: ColumnSpan,
  view: View,
  base: Exponent,
  exponent: Exponent,
  pixels: number,
): ColumnPlace {
  const scale = pixels / Number(span(view));
  const start = Number(rescale(columns.start, exponent, base) - view.start) * scale;
  const whole = Number(rescale(columns.end, exponent, base) - rescale(columns.start, exponent, base)) * scale;
  return { x: start, width: whole / columns.columns };
}

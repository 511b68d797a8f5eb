import type { ColumnPlace } from "./column-plan.js";
import type { DrawnRow } from "./decode.js";
import type { Inks } from "./inks.js";
import type { Raster } from "./raster.js";
import { firstAfter, SEGMENT, type Segments } from "./segments.js";

/** Where a row is drawn, in device pixels: whole numbers. */
export interface RowBox {
  readonly top: number;
  readonly bottom: number;
  /** Device pixels per CSS pixel, rounded: how thick a line is. */
  readonly line: number;
}

/** Text that belongs over the pixels, in device pixels: from `left` on, at most up to `right`. */
export type PlaceLabel = (value: number, left: number, right: number) => void;

/** Narrower runs of a bus (CSS pixels) are drawn as one block: what is in them could not be read. */
const BLOCK = 5;

/** Draws one row into the pixels; `place` is in device pixels as well. Labels of a bus are told to `label`. */
export function drawRow(
  raster: Raster,
  row: DrawnRow,
  place: ColumnPlace,
  box: RowBox,
  inks: Inks,
  label: PlaceLabel,
): void {
  switch (row.kind) {
    case "digital":
      drawDigital(raster, row.segments, place, box, inks);
      break;
    case "bus":
      drawBus(raster, row.segments, place, box, inks, label);
      break;
    case "event":
      drawEvents(raster, row.segments, place, box, inks);
      break;
    case "analog":
      drawAnalog(raster, row, place, box, inks);
      break;
  }
}

function drawDigital(raster: Raster, segments: Segments, place: ColumnPlace, box: RowBox, inks: Inks): void {
  const { line } = box;
  const top = box.top + 4 * line;
  const bottom = box.bottom - 4 * line;
  const end = raster.width;
  let before: number = SEGMENT.none;
  for (let i = firstAfter(segments, -place.x / place.width); i < segments.count; i++) {
    const left = Math.round(place.x + (segments.starts[i] ?? 0) * place.width);
    if (left > end) break;
    // A run is at least a line wide, so that nothing that happened is lost.
    const right = Math.max(left + line, Math.round(place.x + (segments.ends[i] ?? 0) * place.width));
    const kind = segments.kinds[i] ?? SEGMENT.none;
    if (kind === SEGMENT.high) {
      raster.fill(left, top, right, bottom, inks.digitalFill);
      raster.fill(left, top, right, top + line, inks.digital);
      if (before === SEGMENT.low) raster.fill(left, top, left + line, bottom, inks.digital);
    } else if (kind === SEGMENT.low) {
      raster.fill(left, bottom - line, right, bottom, inks.digital);
      if (before === SEGMENT.high) raster.fill(left, top, left + line, bottom, inks.digital);
    } else if (kind === SEGMENT.dense) {
      // A single pulse is as bright as any edge, so that it does not fade and return while one pans.
      raster.fill(left, top, right, bottom, right - left <= 2 * line ? inks.digital : inks.digitalDense);
    } else drawSpecial(raster, kind, left, right, top, bottom, line, inks);
    before = kind;
  }
}

/** What looks the same in a row of one bit and in a bus. */
function drawSpecial(
  raster: Raster,
  kind: number,
  left: number,
  right: number,
  top: number,
  bottom: number,
  line: number,
  inks: Inks,
): void {
  if (kind === SEGMENT.dense) raster.fill(left, top, right, bottom, inks.dense);
  else if (kind === SEGMENT.highImpedance) {
    const middle = (top + bottom - line) >> 1;
    raster.fill(left, middle, right, middle + line, inks.highImpedance);
  } else if (kind === SEGMENT.unknown || kind === SEGMENT.denseUnknown) {
    raster.hatch(left, top, right, bottom, inks.unknownFill, inks.unknownHatch, 6 * line);
    raster.fill(left, top, right, top + line, inks.unknown);
    raster.fill(left, bottom - line, right, bottom, inks.unknown);
    raster.fill(left, top, left + line, bottom, inks.unknown);
    raster.fill(right - line, top, right, bottom, inks.unknown);
  }
}

function drawBus(
  raster: Raster,
  segments: Segments,
  place: ColumnPlace,
  box: RowBox,
  inks: Inks,
  label: PlaceLabel,
): void {
  const { line } = box;
  const top = box.top + 4 * line;
  const bottom = box.bottom - 4 * line;
  const end = raster.width;
  for (let i = firstAfter(segments, -place.x / place.width); i < segments.count; i++) {
    const left = Math.round(place.x + (segments.starts[i] ?? 0) * place.width);
    if (left > end) break;
    const right = Math.max(left + line, Math.round(place.x + (segments.ends[i] ?? 0) * place.width));
    const kind = segments.kinds[i] ?? SEGMENT.none;
    if (kind !== SEGMENT.bus && kind !== SEGMENT.unknown) {
      drawSpecial(raster, kind, left, right, top, bottom, line, inks);
      continue;
    }
    if (right - left < BLOCK * line) {
      drawSpecial(raster, kind === SEGMENT.bus ? SEGMENT.dense : kind, left, right, top, bottom, line, inks);
      continue;
    }
    hexagon(raster, left, right, top, bottom, line, kind === SEGMENT.unknown, inks);
    const from = Math.max(0, left) + 6 * line;
    const to = Math.min(end, right) - 4 * line;
    if (to > from) label(segments.values[i] ?? -1, from, to);
  }
}

/** A value of a bus: a bar whose ends are pointed, three pixels each where there is room. */
function hexagon(
  raster: Raster,
  left: number,
  right: number,
  top: number,
  bottom: number,
  line: number,
  unknown: boolean,
  inks: Inks,
): void {
  const slant = Math.min(3 * line, (right - left) >> 1);
  const half = (bottom - top) / 2;
  const edge = unknown ? inks.unknown : inks.bus;
  const from = left + slant;
  const to = right - slant;
  if (unknown) raster.hatch(from, top, to, bottom, inks.unknownFill, inks.unknownHatch, 6 * line);
  else raster.fill(from, top, to, bottom, inks.busFill);
  raster.fill(from, top, to, top + line, edge);
  raster.fill(from, bottom - line, to, bottom, edge);
  const ground = unknown ? inks.unknownFill : inks.busFill;
  for (let step = 0; step < slant; step++) {
    // The edge runs through this column from `outer`, nearer to the tip, to `inner`.
    const outer = Math.round(half * (1 - step / slant));
    const inner = Math.round(half * (1 - (step + 1) / slant));
    const thick = Math.max(line, outer - inner);
    raster.frame(left + step, top + inner, bottom - inner, thick, edge, ground);
    raster.frame(right - 1 - step, top + inner, bottom - inner, thick, edge, ground);
  }
}

function drawEvents(raster: Raster, segments: Segments, place: ColumnPlace, box: RowBox, inks: Inks): void {
  const { line } = box;
  const top = box.top + 4 * line;
  const bottom = box.bottom - 4 * line;
  for (let i = firstAfter(segments, -place.x / place.width - 4 * line); i < segments.count; i++) {
    const x = Math.round(place.x + (segments.starts[i] ?? 0) * place.width);
    if (x > raster.width + 4 * line) break;
    raster.fill(x, top, x + line, bottom, inks.event);
    for (let step = 1; step <= 3 * line; step++) {
      raster.fill(x - step, top + step * 2 - 1, x + line + step, top + step * 2 + 1, inks.event);
    }
  }
}

function drawAnalog(
  raster: Raster,
  row: Extract<DrawnRow, { kind: "analog" }>,
  place: ColumnPlace,
  box: RowBox,
  inks: Inks,
): void {
  const { line } = box;
  const top = box.top + 6 * line;
  const bottom = box.bottom - 6 * line;
  const scale = (bottom - top) / (row.top - row.bottom);
  const thick = 0.75 * line;
  const first = Math.max(0, Math.floor(-place.x / place.width));
  const last = Math.min(row.low.length - 1, Math.ceil((raster.width - place.x) / place.width));
  let before: { low: number; high: number } | undefined;
  for (let column = first; column <= last; column++) {
    const low = row.low[column] ?? Number.NaN;
    const high = row.high[column] ?? Number.NaN;
    if (!Number.isFinite(low) || !Number.isFinite(high)) {
      before = undefined;
      continue;
    }
    const left = Math.round(place.x + column * place.width);
    const right = Math.max(left + 1, Math.round(place.x + (column + 1) * place.width));
    const yHigh = bottom - (high - row.bottom) * scale;
    const yLow = bottom - (low - row.bottom) * scale;
    raster.fill(left, Math.round(yHigh), right, bottom, inks.analogFill);
    for (let x = Math.max(0, left); x < Math.min(raster.width, right); x++) {
      raster.span(x, yHigh - thick, yLow + thick, inks.analog);
    }
    // A step between two columns is drawn where the second begins.
    if (before) {
      const from = before.low > high ? bottom - (before.low - row.bottom) * scale : yHigh;
      const to = before.high < low ? bottom - (before.high - row.bottom) * scale : yLow;
      if (from < yHigh || to > yLow) {
        for (let x = left; x < left + line; x++) raster.span(x, from - thick, to + thick, inks.analog);
      }
    }
    before = { low, high };
  }
}

/**
 * As much of a label as `room` characters hold. Leading zeros go first: `0000000c` becomes `…00c`, which still tells the
 * value. What loses other digits shows its first ones, as other viewers do, and at least three: `cbf…`; less says nothing.
 */
export function clipLabel(label: string, room: number): string {
  if (label.length <= room) return label;
  const zeros = /^0*/.exec(label)?.[0].length ?? 0;
  const dropped = label.length - room + 1;
  if (room >= 2 && dropped <= Math.min(zeros, label.length - 1)) return `…${label.slice(dropped)}`;
  return room < 4 ? "" : `${label.slice(0, room - 1)}…`;
}

/** A scale's label: at most six significant digits. */
export function shortNumber(value: number): string {
  const magnitude = Math.abs(value);
  if (magnitude !== 0 && (magnitude >= 1e7 || magnitude < 1e-4)) return value.toExponential(2);
  return String(Number(value.toPrecision(6)));
}

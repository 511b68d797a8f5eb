import type { ColumnPlace } from "./column-plan.js";
import type { DrawnRow } from "./decode.js";
import type { Palette } from "./palette.js";
import { firstAfter, SEGMENT, type Segments } from "./segments.js";

/** Where a row is drawn, in CSS pixels. */
export interface RowBox {
  readonly top: number;
  readonly height: number;
  /** Visible width of the canvas. */
  readonly width: number;
}

/** Fill styles that are made once per theme. */
export interface Brushes {
  readonly palette: Palette;
  readonly hatch: CanvasPattern | string;
  /** Width of one character of the label font. */
  readonly character: number;
}

type Context = CanvasRenderingContext2D;

const PADDING = 4;
/** Narrower runs of a bus are drawn as a block. */
const BLOCK = 3;

/** Draws one row. `text` gives the label of a bus value. */
export function drawRow(
  context: Context,
  row: DrawnRow,
  place: ColumnPlace,
  box: RowBox,
  brushes: Brushes,
  text: (value: string | number) => string,
): void {
  switch (row.kind) {
    case "digital":
      drawDigital(context, row.segments, place, box, brushes);
      break;
    case "bus":
      drawBus(context, row.segments, (index) => row.value(index), place, box, brushes, text);
      break;
    case "event":
      drawEvents(context, row.segments, place, box, brushes);
      break;
    case "analog":
      drawAnalog(context, row, place, box, brushes);
      break;
  }
}

function drawDigital(
  context: Context,
  segments: Segments,
  place: ColumnPlace,
  box: RowBox,
  brushes: Brushes,
): void {
  const { palette } = brushes;
  const high = Math.round(box.top + PADDING) + 0.5;
  const low = Math.round(box.top + box.height - PADDING) - 0.5;
  const middle = Math.round((high + low) / 2) + 0.5;
  const line = new Path2D();
  const fill = new Path2D();
  const dense = new Path2D();
  const unknown = new Path2D();
  const floating = new Path2D();
  let hasFloating = false;
  let level: number | undefined;
  for (let i = firstAfter(segments, -place.x / place.width); i < segments.count; i++) {
    const left = place.x + (segments.starts[i] ?? 0) * place.width;
    if (left > box.width) break;
    const right = place.x + (segments.ends[i] ?? 0) * place.width;
    const from = Math.max(-8, left);
    const to = Math.min(box.width + 8, right);
    const kind = segments.kinds[i];
    if (kind === SEGMENT.low || kind === SEGMENT.high) {
      const y = kind === SEGMENT.high ? high : low;
      const edge = Math.round(from) + 0.5;
      if (level === undefined) line.moveTo(edge, y);
      else line.lineTo(edge, level);
      line.lineTo(edge, y);
      line.lineTo(to, y);
      level = y;
      if (kind === SEGMENT.high) fill.rect(from, high, to - from, low - high);
      continue;
    }
    level = undefined;
    if (kind === SEGMENT.dense) dense.rect(from, high - 0.5, Math.max(1, to - from), low - high + 1);
    else if (kind === SEGMENT.unknown || kind === SEGMENT.denseUnknown) {
      unknown.rect(from, high, Math.max(1, to - from), low - high);
    } else if (kind === SEGMENT.highImpedance) {
      floating.moveTo(from, middle);
      floating.lineTo(Math.max(from + 1, to), middle);
      hasFloating = true;
    }
  }
  paint(context, palette.digitalFill, fill);
  paint(context, palette.dense, dense);
  paintUnknown(context, unknown, brushes);
  context.lineWidth = 1;
  context.strokeStyle = palette.digital;
  context.stroke(line);
  if (hasFloating) {
    context.strokeStyle = palette.highImpedance;
    context.stroke(floating);
  }
}

function paint(context: Context, style: string | CanvasPattern, path: Path2D): void {
  context.fillStyle = style;
  context.fill(path);
}

function paintUnknown(context: Context, path: Path2D, brushes: Brushes): void {
  paint(context, brushes.palette.unknownFill, path);
  paint(context, brushes.hatch, path);
  context.lineWidth = 1;
  context.strokeStyle = brushes.palette.unknown;
  context.stroke(path);
}

function hexagon(path: Path2D, left: number, right: number, top: number, bottom: number): void {
  const slant = Math.min(3, (right - left) / 2);
  const middle = (top + bottom) / 2;
  path.moveTo(left, middle);
  path.lineTo(left + slant, top);
  path.lineTo(right - slant, top);
  path.lineTo(right, middle);
  path.lineTo(right - slant, bottom);
  path.lineTo(left + slant, bottom);
  path.closePath();
}

function drawBus(
  context: Context,
  segments: Segments,
  valueOf: (index: number) => string | number | undefined,
  place: ColumnPlace,
  box: RowBox,
  brushes: Brushes,
  text: (value: string | number) => string,
): void {
  const { palette } = brushes;
  const top = Math.round(box.top + PADDING) + 0.5;
  const bottom = Math.round(box.top + box.height - PADDING) - 0.5;
  const middle = Math.round((top + bottom) / 2) + 0.5;
  const outline = new Path2D();
  const block = new Path2D();
  const unknown = new Path2D();
  const floating = new Path2D();
  let hasFloating = false;
  const first = firstAfter(segments, -place.x / place.width);
  let end = first;
  for (let i = first; i < segments.count; i++) {
    const left = place.x + (segments.starts[i] ?? 0) * place.width;
    if (left > box.width) break;
    end = i + 1;
    const right = place.x + (segments.ends[i] ?? 0) * place.width;
    // Far ends are cut, a little outside, so that their slant does not show.
    const from = Math.max(-8, left);
    const to = Math.min(box.width + 8, right);
    const kind = segments.kinds[i];
    if (kind === SEGMENT.dense) block.rect(from, top, Math.max(1, to - from), bottom - top);
    else if (kind === SEGMENT.denseUnknown) unknown.rect(from, top, Math.max(1, to - from), bottom - top);
    else if (kind === SEGMENT.highImpedance) {
      floating.moveTo(from, middle);
      floating.lineTo(Math.max(from + 1, to), middle);
      hasFloating = true;
    } else if (kind === SEGMENT.unknown) {
      if (to - from < BLOCK) unknown.rect(from, top, Math.max(1, to - from), bottom - top);
      else hexagon(unknown, from, to, top, bottom);
    } else if (kind === SEGMENT.bus || kind === SEGMENT.low || kind === SEGMENT.high) {
      if (to - from < BLOCK) block.rect(from, top, Math.max(1, to - from), bottom - top);
      else hexagon(outline, from, to, top, bottom);
    }
  }
  paint(context, palette.busFill, outline);
  paint(context, palette.dense, block);
  paintUnknown(context, unknown, brushes);
  context.lineWidth = 1;
  context.strokeStyle = palette.bus;
  context.stroke(outline);
  if (hasFloating) {
    context.strokeStyle = palette.highImpedance;
    context.stroke(floating);
  }
  context.font = palette.font;
  context.textBaseline = "middle";
  context.textAlign = "left";
  context.fillStyle = palette.busText;
  for (let i = first; i < end; i++) {
    const kind = segments.kinds[i];
    if (kind !== SEGMENT.bus && kind !== SEGMENT.unknown) continue;
    const from = Math.max(0, place.x + (segments.starts[i] ?? 0) * place.width) + 6;
    const to = Math.min(box.width, place.x + (segments.ends[i] ?? 0) * place.width) - 4;
    const room = Math.floor((to - from) / brushes.character);
    if (room < 1) continue;
    const value = valueOf(segments.values[i] ?? -1);
    if (value === undefined) continue;
    const label = clipLabel(text(value), room);
    if (label !== "") context.fillText(label, from, middle);
  }
}

/** As much of a label as `room` characters hold; its end is replaced by an ellipsis, and one alone says nothing. */
export function clipLabel(label: string, room: number): string {
  if (label.length <= room) return label;
  return room < 2 ? "" : `${label.slice(0, room - 1)}…`;
}

function drawEvents(
  context: Context,
  segments: Segments,
  place: ColumnPlace,
  box: RowBox,
  brushes: Brushes,
): void {
  const top = Math.round(box.top + PADDING);
  const bottom = Math.round(box.top + box.height - PADDING);
  const stems = new Path2D();
  const heads = new Path2D();
  for (let i = firstAfter(segments, -place.x / place.width - 1); i < segments.count; i++) {
    const left = place.x + (segments.starts[i] ?? 0) * place.width;
    if (left > box.width + 4) break;
    const x = Math.round(left) + 0.5;
    stems.moveTo(x, bottom);
    stems.lineTo(x, top + 4);
    heads.moveTo(x, top);
    heads.lineTo(x + 3.5, top + 6);
    heads.lineTo(x - 3.5, top + 6);
    heads.closePath();
  }
  context.lineWidth = 1;
  context.strokeStyle = brushes.palette.event;
  context.stroke(stems);
  paint(context, brushes.palette.event, heads);
}

function drawAnalog(
  context: Context,
  row: Extract<DrawnRow, { kind: "analog" }>,
  place: ColumnPlace,
  box: RowBox,
  brushes: Brushes,
): void {
  const { palette } = brushes;
  const top = box.top + 6;
  const bottom = box.top + box.height - 6;
  const scale = (bottom - top) / (row.top - row.bottom);
  const y = (value: number): number => bottom - (value - row.bottom) * scale;
  const first = Math.max(0, Math.floor(-place.x / place.width));
  const last = Math.min(row.low.length - 1, Math.ceil((box.width - place.x) / place.width));
  const line = new Path2D();
  const area = new Path2D();
  let before: { low: number; high: number } | undefined;
  for (let column = first; column <= last; column++) {
    const low = row.low[column] ?? Number.NaN;
    const high = row.high[column] ?? Number.NaN;
    if (!Number.isFinite(low) || !Number.isFinite(high)) {
      before = undefined;
      continue;
    }
    const left = place.x + column * place.width;
    const width = Math.max(1, place.width);
    let yLow = y(low);
    let yHigh = y(high);
    area.rect(left, yHigh, place.width, bottom - yHigh);
    // A step between two columns is drawn in the second.
    if (before) {
      if (before.low > high) yHigh = y(before.low);
      else if (before.high < low) yLow = y(before.high);
    }
    if (place.width <= 1.5) line.rect(left, yHigh - 0.75, width, yLow - yHigh + 1.5);
    else {
      line.rect(left - 0.75, yHigh - 0.75, 1.5, yLow - yHigh + 1.5);
      line.rect(left, y(high) - 0.75, width, y(low) - y(high) + 1.5);
    }
    before = { low, high };
  }
  paint(context, palette.analogFill, area);
  paint(context, palette.analog, line);
  context.font = palette.smallFont;
  context.textAlign = "left";
  context.textBaseline = "top";
  scaleLabel(context, shortNumber(row.top), box.top + 3, palette);
  scaleLabel(context, shortNumber(row.bottom), box.top + box.height - 16, palette);
}

/** Stands on the background, so that it can be read where the curve passes. */
function scaleLabel(context: Context, label: string, top: number, palette: Palette): void {
  context.globalAlpha = 0.75;
  context.fillStyle = palette.background;
  context.fillRect(2, top - 1, context.measureText(label).width + 5, 15);
  context.globalAlpha = 1;
  context.fillStyle = palette.muted;
  context.fillText(label, 4, top);
}

/** A scale's label: at most six significant digits. */
export function shortNumber(value: number): string {
  const magnitude = Math.abs(value);
  if (magnitude !== 0 && (magnitude >= 1e7 || magnitude < 1e-4)) return value.toExponential(2);
  return String(Number(value.toPrecision(6)));
}

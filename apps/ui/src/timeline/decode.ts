import { assertNever } from "@novywave/base";
import {
  COLUMN_EVENT,
  COLUMN_MULTIPLE,
  COLUMN_X,
  decodeColumns,
  digitsOf,
  type DecodedRow,
  type PackedValue,
} from "@novywave/waveform/format";
import { buildEventSegments, buildSegments, SEGMENT, type Segments } from "./segments.js";

/** A row of an answer, ready to be drawn on every frame. */
export type DrawnRow =
  | { readonly kind: "digital"; readonly segments: Segments }
  | {
      readonly kind: "bus";
      readonly segments: Segments;
      /** Bits as digits, most significant first, or a number, or text, of what {@link Segments.values} number. */
      value(index: number): string | number | undefined;
    }
  | {
      readonly kind: "analog";
      /** Smallest and largest value per column; NaN where there is none. */
      readonly low: Float64Array;
      readonly high: Float64Array;
      /** Over all columns; `bottom` < `top`. */
      readonly bottom: number;
      readonly top: number;
    }
  | { readonly kind: "event"; readonly segments: Segments };

/** Makes the rows of an answer ready to be drawn, in the order in which they were asked for. Throws for what is no answer. */
export function decodeRows(payload: ArrayBuffer): DrawnRow[] {
  return decodeColumns(payload).rows.map(drawnRow);
}

function drawnRow(row: DecodedRow): DrawnRow {
  if (row.analog) return analog(row.analog.min, row.analog.max);
  const { flags } = row;
  if (row.kind === "event") {
    return {
      kind: "event",
      segments: buildEventSegments(flags.length, (column) => ((flags[column] ?? 0) & COLUMN_EVENT) !== 0),
    };
  }
  const kinds = new Uint8Array(row.values + 1).fill(UNKNOWN_YET);
  const segments = buildSegments({
    columns: flags.length,
    first: (column) => (row.first[column] ?? 0) - 1,
    last: (column) => (row.last[column] ?? 0) - 1,
    isDense: (column) => ((flags[column] ?? 0) & COLUMN_MULTIPLE) !== 0,
    hasUnknown: (column) => ((flags[column] ?? 0) & COLUMN_X) !== 0,
    kindOf: (index) => {
      const known = kinds[index] ?? UNKNOWN_YET;
      if (known !== UNKNOWN_YET) return known;
      return (kinds[index] = look(row.value(index + 1), row.width));
    },
  });
  if (row.kind === "bits" && row.width === 1) return { kind: "digital", segments };
  const texts: (string | number | undefined)[] = [];
  return {
    kind: "bus",
    segments,
    value: (index) => (texts[index] ??= text(row.value(index + 1))),
  };
}

const UNKNOWN_YET = 255;

/** How a value looks when it stands alone: IEEE 1164's weak 0 and 1 are drawn as 0 and 1, u, w and - as x. */
function look(value: PackedValue | undefined, width: number): number {
  if (value?.kind !== "bits") return SEGMENT.bus;
  const digits = digitsOf(value);
  if (width === 1) {
    if (digits === "0" || digits === "l") return SEGMENT.low;
    if (digits === "1" || digits === "h") return SEGMENT.high;
    return digits === "z" ? SEGMENT.highImpedance : SEGMENT.unknown;
  }
  if (/[xuw-]/.test(digits)) return SEGMENT.unknown;
  return /^z+$/.test(digits) ? SEGMENT.highImpedance : SEGMENT.bus;
}

function text(value: PackedValue | undefined): string | number | undefined {
  if (value === undefined) return undefined;
  switch (value.kind) {
    case "bits":
      return digitsOf(value);
    case "real":
      return value.value;
    case "string":
      return value.text;
    case "event":
      return undefined;
    default:
      return assertNever(value);
  }
}

/** The scale reaches from the smallest to the largest number; a constant gets room above and below. */
function analog(low: Float64Array, high: Float64Array): DrawnRow {
  let bottom = Number.POSITIVE_INFINITY;
  let top = Number.NEGATIVE_INFINITY;
  for (let column = 0; column < low.length; column++) {
    const least = low[column] ?? Number.NaN;
    const most = high[column] ?? Number.NaN;
    if (Number.isFinite(least) && least < bottom) bottom = least;
    if (Number.isFinite(most) && most > top) top = most;
  }
  if (bottom > top) [bottom, top] = [0, 1];
  else if (bottom === top) {
    const room = Math.abs(top) / 2 || 1;
    [bottom, top] = [bottom - room, top + room];
  }
  return { kind: "analog", low, high, bottom, top };
}

/**
 * What is drawn in a row: runs of columns that look the same. Made once per answer of the server and then drawn on
 * every frame, so it is plain arrays.
 */
export interface Segments {
  readonly count: number;
  /** First column of the run. */
  readonly starts: Int32Array;
  /** Column after the run. */
  readonly ends: Int32Array;
  /** One of {@link SEGMENT}. */
  readonly kinds: Uint8Array;
  /** Which value the run has, as the columns number them; -1 for none. */
  readonly values: Int32Array;
}

/** How a run looks. */
export const SEGMENT = {
  /** Nothing is known before the first value. */
  none: 0,
  low: 1,
  high: 2,
  /** Not 0 or 1, of one bit or in some bit of a vector. */
  unknown: 3,
  highImpedance: 4,
  bus: 5,
  /** Changed more than once within a column. */
  dense: 6,
  denseUnknown: 7,
  /** Something happened in each column of the run. */
  event: 8,
} as const;

/** What {@link buildSegments} needs to know of a column. Values are numbered; equal numbers are equal values. */
export interface ColumnLook {
  readonly columns: number;
  /** Value at the start of the column, -1 before the first value. */
  first(column: number): number;
  /** Value at the end of the column. */
  last(column: number): number;
  /** Changed more than once within the column. */
  isDense(column: number): boolean;
  /** Had an x, or u, w, -, within the column. */
  hasUnknown(column: number): boolean;
  /** How a value looks when it stands alone. */
  kindOf(value: number): number;
}

/** Joins columns into runs. A column with one change starts a run with its last value. */
export function buildSegments(look: ColumnLook): Segments {
  const { columns } = look;
  const starts = new Int32Array(columns);
  const ends = new Int32Array(columns);
  const kinds = new Uint8Array(columns);
  const values = new Int32Array(columns);
  let count = 0;
  let kind = -1;
  let value = -2;
  for (let column = 0; column < columns; column++) {
    let nextKind: number;
    let nextValue: number;
    if (look.isDense(column)) {
      nextKind = look.hasUnknown(column) ? SEGMENT.denseUnknown : SEGMENT.dense;
      nextValue = -1;
    } else {
      nextValue = look.last(column);
      nextKind = nextValue < 0 ? SEGMENT.none : look.kindOf(nextValue);
      if (nextValue >= 0 && look.hasUnknown(column) && look.first(column) !== nextValue) {
        // x wins its column, also when it ends there.
        if (kind !== SEGMENT.denseUnknown && nextKind !== SEGMENT.unknown && kind !== SEGMENT.unknown) {
          nextKind = SEGMENT.denseUnknown;
          nextValue = -1;
        }
      }
    }
    if (nextKind === kind && nextValue === value) {
      ends[count - 1] = column + 1;
      continue;
    }
    kind = nextKind;
    value = nextValue;
    starts[count] = column;
    ends[count] = column + 1;
    kinds[count] = kind;
    values[count] = value;
    count += 1;
  }
  return {
    count,
    starts: starts.slice(0, count),
    ends: ends.slice(0, count),
    kinds: kinds.slice(0, count),
    values: values.slice(0, count),
  };
}

/** Runs of columns in which an event happened. */
export function buildEventSegments(columns: number, happened: (column: number) => boolean): Segments {
  const starts: number[] = [];
  for (let column = 0; column < columns; column++) if (happened(column)) starts.push(column);
  const count = starts.length;
  return {
    count,
    starts: Int32Array.from(starts),
    ends: Int32Array.from(starts, (start) => start + 1),
    kinds: new Uint8Array(count).fill(SEGMENT.event),
    values: new Int32Array(count).fill(-1),
  };
}

/** First run that ends after `column`; {@link Segments.count} if there is none. */
export function firstAfter(segments: Segments, column: number): number {
  let low = 0;
  let high = segments.count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((segments.ends[middle] ?? 0) > column) high = middle;
    else low = middle + 1;
  }
  return low;
}

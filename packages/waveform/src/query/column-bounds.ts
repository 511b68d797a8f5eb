import type { TimeTable } from "../store/time-table.js";

const MAX_TICK = 2n ** 64n - 1n;

/** Where the columns of a query lie among the time indices; the same for every row. */
export interface ColumnBounds {
  /** Per column, and one past the last: the first time index at or after its start. */
  readonly from: Int32Array;
  /** Per column: the last time index at or before its start. */
  readonly upTo: Int32Array;
}

/** Exact integer arithmetic: column i starts at `start + floor(i * (end - start) / columns)`. */
export function columnBounds(times: TimeTable, start: bigint, end: bigint, columns: number): ColumnBounds {
  const from = new Int32Array(columns + 1);
  const upTo = new Int32Array(columns);
  const span = end - start;
  const isSmall = start >= 0n && end <= 2n ** 52n && span * BigInt(columns) < 2n ** 53n;
  const startNumber = Number(start);
  const spanNumber = Number(span);
  let hint = 0;
  for (let i = 0; i <= columns; i++) {
    let high: number;
    let low: number;
    if (isSmall) {
      const tick = startNumber + Math.floor((i * spanNumber) / columns);
      high = Math.floor(tick / 2 ** 32);
      low = tick >>> 0;
    } else {
      const tick = start + (BigInt(i) * span) / BigInt(columns);
      if (tick < 0n || tick > MAX_TICK) {
        from[i] = tick < 0n ? 0 : times.length;
        if (i < columns) upTo[i] = tick < 0n ? -1 : times.length - 1;
        continue;
      }
      high = Number(tick >> 32n);
      low = Number(tick & 0xffffffffn);
    }
    const index = times.lowerBound(high, low, hint);
    from[i] = index;
    if (i < columns) upTo[i] = times.is(index, high, low) ? index : index - 1;
    hint = index;
  }
  return { from, upTo };
}

/** The last time index at or before a tick, -1 if there is none. */
export function indexAt(times: TimeTable, tick: bigint): number {
  if (tick < 0n) return -1;
  if (tick > MAX_TICK) return times.length - 1;
  const high = Number(tick >> 32n);
  const low = Number(tick & 0xffffffffn);
  const index = times.lowerBound(high, low);
  return times.is(index, high, low) ? index : index - 1;
}

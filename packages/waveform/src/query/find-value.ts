import { NO_TIME, RecordCursor } from "../store/record-cursor.js";
import { CHECKPOINT_EVERY } from "../store/signal-index.js";
import type { TimeTable } from "../store/time-table.js";
import { indexAt } from "./column-bounds.js";
import type { LocatedSignal } from "./located-signal.js";
import { valueMatch } from "./value-match.js";

/** Asks when a signal takes a value; see `valueMatch` for what can be looked for. */
export interface FindValueQuery {
  readonly signal: number;
  readonly value: string | number;
  readonly time: bigint;
  readonly direction: "next" | "previous";
}

/** The tick of the next change to the value strictly after, or of the last one strictly before `time`. */
export function findValue(
  times: TimeTable,
  located: LocatedSignal,
  query: FindValueQuery,
): bigint | undefined {
  const { reader, signal } = located;
  const matches = valueMatch(reader.store, signal, query.value);
  if (query.direction === "next") {
    const cursor = reader.cursorBelow(signal, indexAt(times, query.time) + 1);
    while (cursor.peek() !== NO_TIME) {
      cursor.take();
      if (matches(cursor)) return times.at(cursor.time);
    }
    return undefined;
  }
  // Streams are read forwards: stretch by stretch from the last one, the last match of each.
  const limit = indexAt(times, query.time - 1n) + 1;
  const last = reader.cursorBelow(signal, limit).taken - 1;
  const { points } = reader.index(signal);
  for (let k = Math.floor(last / CHECKPOINT_EVERY); k >= 0; k--) {
    const cursor = new RecordCursor(reader.store, signal);
    cursor.moveTo(points[k * 2 + 1] ?? 0, points[k * 2] ?? NO_TIME, k * CHECKPOINT_EVERY);
    let found = -1;
    for (let left = CHECKPOINT_EVERY; ;) {
      if (matches(cursor)) found = cursor.time;
      if (--left === 0 || cursor.peek() >= limit) break;
      cursor.take();
    }
    if (found >= 0) return times.at(found);
  }
  return undefined;
}

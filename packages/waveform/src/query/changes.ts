import { CHANGES_HEADER, CHANGES_MAGIC } from "../format/changes-layout.js";
import { KINDS, padded } from "../format/columns-layout.js";
import { NO_TIME, type RecordCursor } from "../store/record-cursor.js";
import { LAYOUT_DIGIT, LAYOUT_EVENT } from "../store/signal-store.js";
import type { TimeTable } from "../store/time-table.js";
import { indexAt } from "./column-bounds.js";
import type { LocatedSignal } from "./located-signal.js";
import { ValueTable } from "./value-table.js";

/** Changes of one answer. */
export const MAX_CHANGES = 65_536;
/** An answer with so many bytes of values is given out; what is left comes with the next one. */
const FULL = 16 << 20;

/** Asks for the changes of a signal at ticks from `start` up to, and without, `end`. */
export interface ChangesQuery {
  readonly signal: number;
  readonly start: bigint;
  readonly end: bigint;
  /** 1 to 65536. */
  readonly limit: number;
}

/** Lists changes, as `decodeChanges` reads them. */
export function changesIn(times: TimeTable, located: LocatedSignal, query: ChangesQuery): ArrayBuffer {
  const { reader, signal } = located;
  const { store } = reader;
  const layout = store.layout(signal);
  const isDigit = layout === LAYOUT_DIGIT || layout === LAYOUT_EVENT;
  const cursor = reader.cursorBelow(signal, indexAt(times, query.start - 1n) + 1);
  const end = indexAt(times, query.end - 1n) + 1;
  const values = new ValueTable();
  const ticks: bigint[] = [];
  const add = (taken: RecordCursor): void => {
    ticks.push(times.at(taken.time));
    if (isDigit) values.addDigit(taken.code);
    else values.addRecord(store, layout, taken.code, taken.payload);
  };
  const hasBefore = cursor.address !== 0;
  if (hasBefore) add(cursor);
  const most = query.limit + ticks.length;
  while (cursor.peek() < end && ticks.length < most && values.byteLength < FULL) {
    cursor.take();
    add(cursor);
  }
  const next = cursor.peek() < end && cursor.peek() !== NO_TIME ? times.at(cursor.peek()) : undefined;

  const count = ticks.length;
  const size =
    CHANGES_HEADER + count * 8 + padded((count + 1) * 4) + padded(count) + padded(values.byteLength);
  const buffer = new ArrayBuffer(size);
  const view = new DataView(buffer);
  view.setUint32(0, CHANGES_MAGIC, true);
  view.setUint8(4, KINDS.indexOf(store.kind(signal)));
  view.setUint8(5, hasBefore ? 1 : 0);
  view.setUint8(6, next === undefined ? 0 : 1);
  view.setUint32(8, store.width(signal), true);
  view.setUint32(12, count, true);
  view.setUint32(16, values.byteLength, true);
  view.setBigUint64(24, next ?? 0n, true);
  let at = CHANGES_HEADER;
  new BigUint64Array(buffer, at, count).set(ticks);
  at += count * 8;
  new Uint32Array(buffer, at, count + 1).set(values.offsets.subarray(0, count + 1));
  at += padded((count + 1) * 4);
  new Uint8Array(buffer, at, count).set(values.forms.subarray(0, count));
  at += padded(count);
  new Uint8Array(buffer, at, values.byteLength).set(values.bytes.subarray(0, values.byteLength));
  return buffer;
}

/** How many changes lie at ticks from `start` up to, and without, `end`. */
export function countChanges(
  times: TimeTable,
  { reader, signal }: LocatedSignal,
  start: bigint,
  end: bigint,
): number {
  const before = reader.cursorBelow(signal, indexAt(times, start - 1n) + 1).taken;
  return Math.max(0, reader.cursorBelow(signal, indexAt(times, end - 1n) + 1).taken - before);
}

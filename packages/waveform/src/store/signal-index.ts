import { NO_TIME, RecordCursor } from "./record-cursor.js";
import { digitMarks, MARK_X, MARK_Z, valueMarks } from "./value-marks.js";
import { LAYOUT_DIGIT, type SignalStore } from "./signal-store.js";

/** Records between two checkpoints. */
export const CHECKPOINT_EVERY = 4;

/**
 * Checkpoints of one signal, one for every fourth record, for searching it by time. Made when the signal is first
 * looked at, and kept: bounded by what the reader of the signals keeps, see `SignalReader`.
 */
export class SignalIndex {
  /** Time index and address of record `4 * k`, at `2 * k` and `2 * k + 1`: whoever wants one wants the other. */
  readonly points: Uint32Array;
  /** How many of the stretches before checkpoint k show an x (a z); absent if none at all does. */
  readonly xBefore: Uint32Array | undefined;
  readonly zBefore: Uint32Array | undefined;
  readonly bytes: number;

  constructor(store: SignalStore, signal: number) {
    const checkpoints = Math.ceil(store.count(signal) / CHECKPOINT_EVERY);
    const points = new Uint32Array(checkpoints * 2);
    let xBefore: Uint32Array | undefined;
    let zBefore: Uint32Array | undefined;
    const cursor = new RecordCursor(store, signal);
    const isBits = store.kind(signal) === "bits";
    let x = 0;
    let z = 0;
    for (let k = 0; k < checkpoints; k++) {
      cursor.take();
      const { time, address } = cursor;
      points[k * 2] = time;
      points[k * 2 + 1] = address;
      if (xBefore) xBefore[k] = x;
      if (zBefore) zBefore[k] = z;
      let seen = 1 << cursor.code;
      if (cursor.peek() !== NO_TIME) seen |= cursor.takeBelow(NO_TIME, CHECKPOINT_EVERY - 1);
      if (!isBits || (seen & UNKNOWN_SEEN) === 0) continue;
      const marks = segmentMarks(store, signal, seen, { address, time });
      if (marks & MARK_X) {
        xBefore ??= new Uint32Array(checkpoints);
        x++;
      }
      if (marks & MARK_Z) {
        zBefore ??= new Uint32Array(checkpoints);
        z++;
      }
    }
    this.points = points;
    this.xBefore = xBefore;
    this.zBefore = zBefore;
    this.bytes = checkpoints * (8 + (xBefore ? 4 : 0) + (zBefore ? 4 : 0));
  }

  /** Number of checkpoints. */
  get length(): number {
    return this.points.length / 2;
  }
}

/**
 * The last checkpoint whose time index is below `limit`. Checkpoint `from` is; the search starts `stride` after it, where
 * the answer is if the signal changes as regularly as before, and goes on from there in doubling steps.
 */
export function lastBelow(points: Uint32Array, limit: number, from: number, stride: number): number {
  const length = points.length / 2;
  let low = from;
  let high = from + stride;
  let step = 1;
  if (high < length && (points[high * 2] ?? 0) < limit) {
    do {
      low = high;
      high += step;
      step *= 2;
    } while (high < length && (points[high * 2] ?? 0) < limit);
    if (high > length) high = length;
  } else {
    if (high > length) high = length;
    for (let at = high - 1; at > from; at -= step, step *= 2) {
      if ((points[at * 2] ?? 0) < limit) {
        low = at;
        break;
      }
      high = at;
    }
  }
  while (low + 1 < high) {
    const middle = (low + high) >>> 1;
    if ((points[middle * 2] ?? 0) < limit) low = middle;
    else high = middle;
  }
  return low;
}

/** Among digit codes: others than 0 and 1. Among forms only form two (bit 0) is without unknown digits. */
const UNKNOWN_SEEN = ~1;

/** Marks of the four records from `start` on, of which the codes or forms in `seen` are known. */
function segmentMarks(
  store: SignalStore,
  signal: number,
  seen: number,
  start: { address: number; time: number },
): number {
  let marks = 0;
  if (store.layout(signal) === LAYOUT_DIGIT) {
    for (let code = 2; code < 9; code++) if ((seen >>> code) & 1) marks |= digitMarks(code);
    return marks;
  }
  const width = store.width(signal);
  const cursor = new RecordCursor(store, signal);
  cursor.moveTo(start.address, start.time, 0);
  for (let left = CHECKPOINT_EVERY; ;) {
    if (cursor.code > 0) marks |= valueMarks(cursor.value(), width);
    if (--left === 0 || cursor.peek() === NO_TIME) return marks;
    cursor.take();
  }
}

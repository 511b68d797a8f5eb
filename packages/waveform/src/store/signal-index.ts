import { NO_TIME, RecordCursor } from "./record-cursor.js";
import { digitMarks, MARK_X, MARK_Z, valueMarks } from "./value-marks.js";
import { LAYOUT_DIGIT, type SignalStore } from "./signal-store.js";

/** Records between two checkpoints. */
export const CHECKPOINT_EVERY = 16;

/**
 * Checkpoints of one signal, one for every sixteenth record, for searching it by time. Made when the signal is first
 * looked at, and kept: it is a sixth of what the text of those changes took in the file.
 */
export class SignalIndex {
  /** Time index and address of record `16 * k`. */
  readonly times: Uint32Array;
  readonly addresses: Uint32Array;
  /** How many of the records before checkpoint k show an x (a z); absent if none at all does. */
  readonly xBefore: Uint32Array | undefined;
  readonly zBefore: Uint32Array | undefined;
  readonly bytes: number;

  constructor(store: SignalStore, signal: number) {
    const checkpoints = Math.ceil(store.count(signal) / CHECKPOINT_EVERY);
    const times = new Uint32Array(checkpoints);
    const addresses = new Uint32Array(checkpoints);
    let xBefore: Uint32Array | undefined;
    let zBefore: Uint32Array | undefined;
    const isDigit = store.layout(signal) === LAYOUT_DIGIT;
    const isBits = store.kind(signal) === "bits";
    const cursor = new RecordCursor(store, signal);
    let x = 0;
    let z = 0;
    for (let k = 0; k < checkpoints; k++) {
      cursor.take();
      times[k] = cursor.time;
      addresses[k] = cursor.address;
      if (xBefore) xBefore[k] = x;
      if (zBefore) zBefore[k] = z;
      for (let left = CHECKPOINT_EVERY; ;) {
        if (isBits && cursor.code > (isDigit ? 1 : 0)) {
          const marks = isDigit ? digitMarks(cursor.code) : valueMarks(cursor.value(), store.width(signal));
          if (marks & MARK_X) {
            xBefore ??= new Uint32Array(checkpoints);
            x++;
          }
          if (marks & MARK_Z) {
            zBefore ??= new Uint32Array(checkpoints);
            z++;
          }
        }
        if (--left === 0 || cursor.peek() === NO_TIME) break;
        cursor.take();
      }
    }
    this.times = times;
    this.addresses = addresses;
    this.xBefore = xBefore;
    this.zBefore = zBefore;
    this.bytes = checkpoints * (8 + (xBefore ? 4 : 0) + (zBefore ? 4 : 0));
  }

  /**
   * The last checkpoint whose time index is below `limit`, searched from checkpoint `from`, which is below it, in
   * doubling steps.
   */
  lastBelow(limit: number, from: number): number {
    const times = this.times;
    let low = from;
    let step = 1;
    let high = from + 1;
    while (high < times.length && (times[high] ?? 0) < limit) {
      low = high;
      step *= 2;
      high += step;
    }
    if (high > times.length) high = times.length;
    while (low + 1 < high) {
      const middle = (low + high) >>> 1;
      if ((times[middle] ?? 0) < limit) low = middle;
      else high = middle;
    }
    return low;
  }
}

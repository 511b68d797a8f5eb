import { NO_TIME, RecordCursor } from "../store/record-cursor.js";
import { CHECKPOINT_EVERY } from "../store/signal-index.js";
import type { SignalStore } from "../store/signal-store.js";
import { numberOf } from "./numbers.js";

/** Smallest and largest number among each sixteen records of a signal; NaN where there is none. */
export class AnalogIndex {
  readonly min: Float64Array;
  readonly max: Float64Array;

  constructor(store: SignalStore, signal: number) {
    const segments = Math.ceil(store.count(signal) / CHECKPOINT_EVERY);
    this.min = new Float64Array(segments).fill(Number.NaN);
    this.max = new Float64Array(segments).fill(Number.NaN);
    const isReal = store.kind(signal) === "real";
    const cursor = new RecordCursor(store, signal);
    while (cursor.peek() !== NO_TIME) {
      const segment = Math.floor(cursor.taken / CHECKPOINT_EVERY);
      cursor.take();
      const number = numberOf(cursor.value(), isReal);
      this.min[segment] = smaller(this.min[segment] ?? Number.NaN, number);
      this.max[segment] = larger(this.max[segment] ?? Number.NaN, number);
    }
  }
}

/** The smaller of two numbers, either of which may be NaN for "none". */
export function smaller(a: number, b: number): number {
  return b < a || Number.isNaN(a) ? b : a;
}

/** The larger of two numbers, either of which may be NaN for "none". */
export function larger(a: number, b: number): number {
  return b > a || Number.isNaN(a) ? b : a;
}

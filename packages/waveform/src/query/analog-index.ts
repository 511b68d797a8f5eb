import { NO_TIME, RecordCursor } from "../store/record-cursor.js";
import { CHECKPOINT_EVERY } from "../store/signal-index.js";
import type { SignalStore } from "../store/signal-store.js";
import { numberOf } from "./numbers.js";

const FAN_BITS = 3;
const FAN = 1 << FAN_BITS;

type Numbers = Float32Array | Float64Array;

interface Level {
  readonly min: Numbers;
  readonly max: Numbers;
}

/** Of so few bits a number is exact in half the memory. */
const SHORT_BITS = 24;

/**
 * Smallest and largest number in the stretches between the checkpoints of a signal, and above them a pyramid: each level
 * has those of eight entries of the one below. NaN where there is no number.
 */
export class AnalogIndex {
  readonly bytes: number;
  readonly #levels: Level[] = [];

  constructor(store: SignalStore, signal: number) {
    const isReal = store.kind(signal) === "real";
    const newLevel = !isReal && store.width(signal) <= SHORT_BITS ? shortLevel : longLevel;
    let level = newLevel(Math.ceil(store.count(signal) / CHECKPOINT_EVERY));
    const cursor = new RecordCursor(store, signal);
    while (cursor.peek() !== NO_TIME) {
      const stretch = Math.floor(cursor.taken / CHECKPOINT_EVERY);
      cursor.take();
      const number = numberOf(cursor.value(), isReal);
      enter(level, stretch, number, number);
    }
    this.#levels.push(level);
    let bytes = level.min.byteLength * 2;
    while (level.min.length > FAN) {
      const above = newLevel(Math.ceil(level.min.length / FAN));
      for (let i = 0; i < level.min.length; i++) {
        enter(above, i >> FAN_BITS, level.min[i] ?? Number.NaN, level.max[i] ?? Number.NaN);
      }
      this.#levels.push(above);
      bytes += above.min.byteLength * 2;
      level = above;
    }
    this.bytes = bytes;
  }

  /** Widens `extremes` by the numbers in the stretches from `from` up to, and without, `to`. */
  widen(extremes: { min: number; max: number }, from: number, to: number): void {
    let low = from;
    let high = to;
    for (const { min, max } of this.#levels) {
      if (low >= high) return;
      // What does not fill an entry of the next level is taken from this one.
      while (low < high && ((low & (FAN - 1)) !== 0 || high - low < FAN)) {
        extremes.min = smaller(extremes.min, min[low] ?? Number.NaN);
        extremes.max = larger(extremes.max, max[low] ?? Number.NaN);
        low++;
      }
      while (high > low && (high & (FAN - 1)) !== 0) {
        high--;
        extremes.min = smaller(extremes.min, min[high] ?? Number.NaN);
        extremes.max = larger(extremes.max, max[high] ?? Number.NaN);
      }
      low >>= FAN_BITS;
      high >>= FAN_BITS;
    }
  }
}

function shortLevel(length: number): Level {
  return { min: new Float32Array(length).fill(Number.NaN), max: new Float32Array(length).fill(Number.NaN) };
}

function longLevel(length: number): Level {
  return { min: new Float64Array(length).fill(Number.NaN), max: new Float64Array(length).fill(Number.NaN) };
}

function enter({ min, max }: Level, at: number, low: number, high: number): void {
  min[at] = smaller(min[at] ?? Number.NaN, low);
  max[at] = larger(max[at] ?? Number.NaN, high);
}

/** The smaller of two numbers, either of which may be NaN for "none". */
export function smaller(a: number, b: number): number {
  return b < a || Number.isNaN(a) ? b : a;
}

/** The larger of two numbers, either of which may be NaN for "none". */
export function larger(a: number, b: number): number {
  return b > a || Number.isNaN(a) ? b : a;
}

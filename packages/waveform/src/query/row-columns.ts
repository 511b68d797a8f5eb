import {
  COLUMN_CHANGED,
  COLUMN_EVENT,
  COLUMN_MULTIPLE,
  COLUMN_X,
  COLUMN_Z,
} from "../format/columns-layout.js";
import { NO_TIME, readValue, type RecordCursor } from "../store/record-cursor.js";
import { CHECKPOINT_EVERY, type SignalIndex } from "../store/signal-index.js";
import { LAYOUT_DIGIT, LAYOUT_EVENT } from "../store/signal-store.js";
import { digitMarks, MARK_X, MARK_Z, valueMarks } from "../store/value-marks.js";
import { larger, smaller, type AnalogIndex } from "./analog-index.js";
import type { ColumnBounds } from "./column-bounds.js";
import { numberOf } from "./numbers.js";
import type { SignalReader } from "./signal-reader.js";
import type { ValueTable } from "./value-table.js";

/** What the columns of one row show; arrays are filled from 0 and reused from row to row. */
export interface RowColumns {
  readonly flags: Uint8Array;
  readonly first: Uint32Array;
  readonly last: Uint32Array;
  readonly min: Float64Array;
  readonly max: Float64Array;
  readonly values: ValueTable;
}

/**
 * Fills the columns of one row. A column costs a search in the signal's index and a walk over at most sixteen records,
 * however many changes lie in it.
 */
export function fillRow(
  reader: SignalReader,
  signal: number,
  bounds: ColumnBounds,
  out: RowColumns,
  analog: AnalogIndex | undefined,
): void {
  const walk = new RowWalk(reader, signal, bounds.from[0] ?? 0, out, analog);
  const { from, upTo } = bounds;
  for (let i = 0; i < upTo.length; i++) walk.column(i, from[i + 1] ?? 0, upTo[i] ?? 0);
}

class RowWalk {
  readonly #reader: SignalReader;
  readonly #layout: number;
  readonly #isDigit: boolean;
  readonly #isBits: boolean;
  readonly #isReal: boolean;
  readonly #width: number;
  readonly #cursor: RecordCursor;
  readonly #index: SignalIndex;
  readonly #out: RowColumns;
  readonly #analog: AnalogIndex | undefined;
  /** Number in the table of each digit code, 0 if it is not there yet. */
  readonly #digitNumbers = new Uint32Array(16);
  /** The value entered last into the table, by the address of its record, and its number. */
  #enteredAddress = 0;
  #enteredNumber = 0;
  /** Marks, smallest and largest number of the column being filled. */
  #marks = 0;
  #min = Number.NaN;
  #max = Number.NaN;

  constructor(
    reader: SignalReader,
    signal: number,
    from: number,
    out: RowColumns,
    analog: AnalogIndex | undefined,
  ) {
    const store = reader.store;
    this.#reader = reader;
    this.#layout = store.layout(signal);
    this.#isDigit = this.#layout === LAYOUT_DIGIT || this.#layout === LAYOUT_EVENT;
    this.#isBits = store.kind(signal) === "bits";
    this.#isReal = store.kind(signal) === "real";
    this.#width = store.width(signal);
    this.#index = reader.index(signal);
    this.#cursor = reader.cursorBelow(signal, from);
    this.#out = out;
    this.#analog = analog;
  }

  /** Column `i` covers the time indices from where the last column ended to `to`; `upTo` are those up to its first tick. */
  column(i: number, to: number, upTo: number): void {
    const cursor = this.#cursor;
    const out = this.#out;
    const next = cursor.peek();
    this.#marks = 0;
    this.#min = Number.NaN;
    this.#max = Number.NaN;
    let first = 0;
    if (next <= upTo) {
      first = this.#enter(cursor.peekAddress(), cursor.peekCode(), cursor.peekPayload());
      this.#see(cursor.peekCode(), cursor.peekPayload());
    } else if (cursor.address !== 0) {
      first = this.#enter(cursor.address, cursor.code, cursor.payload);
      this.#see(cursor.code, cursor.payload);
    }
    out.first[i] = first;
    if (next >= to) {
      out.last[i] = first;
      out.flags[i] = this.#flags();
    } else {
      const before = cursor.taken;
      this.#advance(to);
      const changes = cursor.taken - before;
      out.last[i] = this.#enter(cursor.address, cursor.code, cursor.payload);
      out.flags[i] =
        this.#flags() |
        COLUMN_CHANGED |
        (changes > 1 ? COLUMN_MULTIPLE : 0) |
        (this.#layout === LAYOUT_EVENT ? COLUMN_EVENT : 0);
    }
    if (this.#analog) {
      out.min[i] = this.#min;
      out.max[i] = this.#max;
    }
  }

  /** Takes all records below `to`, of which there is at least one. */
  #advance(to: number): void {
    const cursor = this.#cursor;
    const index = this.#index;
    const near = Math.ceil(cursor.taken / CHECKPOINT_EVERY);
    if (near < index.times.length && (index.times[near] ?? NO_TIME) < to) {
      const far = index.lastBelow(to, near);
      const { xBefore, zBefore } = index;
      if (this.#analog || xBefore || zBefore) {
        const limit = index.times[near] ?? NO_TIME;
        if (cursor.peek() < limit) this.#walk(limit);
        if (xBefore && (xBefore[far] ?? 0) > (xBefore[near] ?? 0)) this.#marks |= MARK_X;
        if (zBefore && (zBefore[far] ?? 0) > (zBefore[near] ?? 0)) this.#marks |= MARK_Z;
        if (this.#analog) {
          for (let k = near; k < far; k++) {
            this.#min = smaller(this.#min, this.#analog.min[k] ?? Number.NaN);
            this.#max = larger(this.#max, this.#analog.max[k] ?? Number.NaN);
          }
        }
      }
      cursor.moveTo(index.addresses[far] ?? 0, index.times[far] ?? NO_TIME, far * CHECKPOINT_EVERY);
      this.#see(cursor.code, cursor.payload);
    }
    if (cursor.peek() < to) this.#walk(to);
  }

  /** Takes the records below `to`, at least one, and notes what they show. */
  #walk(to: number): void {
    const cursor = this.#cursor;
    if (this.#isDigit && !this.#analog) {
      let seen = cursor.takeBelow(to, NO_TIME) >>> 2;
      for (let code = 2; seen !== 0 && this.#isBits; code++, seen >>>= 1) {
        if (seen & 1) this.#marks |= digitMarks(code);
      }
      return;
    }
    // Without an x or z in the whole signal there is nothing to look for in its values.
    if (!this.#analog && (!this.#isBits || !(this.#index.xBefore ?? this.#index.zBefore))) {
      cursor.takeBelow(to, NO_TIME);
      return;
    }
    do {
      cursor.take();
      this.#see(cursor.code, cursor.payload);
    } while (cursor.peek() < to);
  }

  /** Takes note of a value that is in force in the column. */
  #see(code: number, payload: number): void {
    if (this.#isBits) {
      if (this.#isDigit) {
        if (code > 1) this.#marks |= digitMarks(code);
      } else if (code > 0) {
        this.#marks |= valueMarks(readValue(this.#reader.store, this.#layout, code, payload), this.#width);
      }
    }
    if (this.#analog) {
      const number = this.#isDigit
        ? code < 2
          ? code
          : Number.NaN
        : numberOf(readValue(this.#reader.store, this.#layout, code, payload), this.#isReal);
      this.#min = smaller(this.#min, number);
      this.#max = larger(this.#max, number);
    }
  }

  #flags(): number {
    return (this.#marks & MARK_X ? COLUMN_X : 0) | (this.#marks & MARK_Z ? COLUMN_Z : 0);
  }

  #enter(address: number, code: number, payload: number): number {
    if (this.#isDigit) {
      let number = this.#digitNumbers[code] ?? 0;
      if (number === 0) {
        number = this.#out.values.add(code < 2 ? 0 : code < 4 ? 1 : 2, Uint8Array.of(code), 0, 1);
        this.#digitNumbers[code] = number;
      }
      return number;
    }
    if (address !== this.#enteredAddress) {
      this.#enteredAddress = address;
      this.#enteredNumber = this.#out.values.addRecord(this.#reader.store, this.#layout, code, payload);
    }
    return this.#enteredNumber;
  }
}

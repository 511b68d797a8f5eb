import { readValue } from "../store/record-cursor.js";
import { LAYOUT_DIGIT, type SignalStore } from "../store/signal-store.js";
import { valueMarks } from "../store/value-marks.js";
import { larger, smaller } from "./analog-index.js";
import { numberOf } from "./numbers.js";

/** Looks at the values that are in force in a column: are there x and z in them, what are the extremes. */
export class ColumnLook {
  marks = 0;
  min = Number.NaN;
  max = Number.NaN;
  readonly #store: SignalStore;
  readonly #layout: number;
  readonly #isBits: boolean;
  readonly #isReal: boolean;
  readonly #width: number;
  /** What the value looked at last shows; wide values stay in force over many columns. */
  #payload = 0;
  #marks = 0;
  #number = Number.NaN;

  constructor(store: SignalStore, signal: number) {
    this.#store = store;
    this.#layout = store.layout(signal);
    this.#isBits = store.kind(signal) === "bits";
    this.#isReal = store.kind(signal) === "real";
    this.#width = store.width(signal);
  }

  /** Begins a column. */
  clear(): void {
    this.marks = 0;
    this.min = Number.NaN;
    this.max = Number.NaN;
  }

  /** Takes note of a value, given by its digit code or form and the address of its payload. */
  at(code: number, payload: number): void {
    if (this.#layout === LAYOUT_DIGIT) {
      this.#number = code < 2 ? code : Number.NaN;
    } else if (payload !== this.#payload) {
      const value = readValue(this.#store, this.#layout, code, payload);
      this.#payload = payload;
      this.#marks = this.#isBits && code > 0 ? valueMarks(value, this.#width) : 0;
      this.#number = this.#isBits || this.#isReal ? numberOf(value, this.#isReal) : Number.NaN;
    }
    this.marks |= this.#marks;
    this.min = smaller(this.min, this.#number);
    this.max = larger(this.max, this.#number);
  }
}

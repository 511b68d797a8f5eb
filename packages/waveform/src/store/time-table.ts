import { ReadFailure } from "../failure.js";

const PAGE_BITS = 16;
const PAGE_SIZE = 1 << PAGE_BITS;
const PAGE_MASK = PAGE_SIZE - 1;

/** Time indices are kept below this, so that a difference fits a record's header. */
export const MAX_TIMES = 2 ** 28 - 1;

/**
 * The distinct ticks at which something changed, ascending. Signals refer to a time by its index here, so that all
 * searching is over small integers and times stay exact up to 2^64 - 1: each is kept as two 32-bit halves.
 */
export class TimeTable {
  #pages: Uint32Array[] = [];
  #length = 0;

  get length(): number {
    return this.#length;
  }

  get bytes(): number {
    return this.#pages.length * PAGE_SIZE * 8;
  }

  /** Appends a time, which must be above the last one, and returns its index. */
  push(high: number, low: number): number {
    const index = this.#length;
    if (index >= MAX_TIMES)
      throw new ReadFailure("too-large", `The file has more than ${MAX_TIMES} distinct times`);
    let page = this.#pages[index >>> PAGE_BITS];
    if (page === undefined) this.#pages.push((page = new Uint32Array(PAGE_SIZE * 2)));
    const at = (index & PAGE_MASK) * 2;
    page[at] = low;
    page[at + 1] = high;
    this.#length++;
    return index;
  }

  /** The time at `index`, in ticks. */
  at(index: number): bigint {
    return (BigInt(this.#high(index)) << 32n) | BigInt(this.#low(index));
  }

  /** Whether the time at `index` is (high, low). False past the end. */
  is(index: number, high: number, low: number): boolean {
    return index < this.#length && this.#high(index) === high && this.#low(index) === low;
  }

  /**
   * The first index whose time is at least (high, low), or the length if there is none. `hint` is an index at or below
   * the answer; searching goes up from it in doubling steps.
   */
  lowerBound(high: number, low: number, hint = 0): number {
    let from = hint;
    let step = 1;
    let to = from;
    while (to < this.#length && this.#below(to, high, low)) {
      from = to + 1;
      to += step;
      step *= 2;
    }
    if (to > this.#length) to = this.#length;
    while (from < to) {
      const middle = (from + to) >>> 1;
      if (this.#below(middle, high, low)) from = middle + 1;
      else to = middle;
    }
    return from;
  }

  #below(index: number, high: number, low: number): boolean {
    const page = this.#pages[index >>> PAGE_BITS];
    if (page === undefined) return false;
    const at = (index & PAGE_MASK) * 2;
    const own = page[at + 1] ?? 0;
    return own === high ? (page[at] ?? 0) < low : own < high;
  }

  #low(index: number): number {
    return this.#pages[index >>> PAGE_BITS]?.[(index & PAGE_MASK) * 2] ?? 0;
  }

  #high(index: number): number {
    return this.#pages[index >>> PAGE_BITS]?.[(index & PAGE_MASK) * 2 + 1] ?? 0;
  }
}

import { ReadFailure } from "../failure.js";

const PAGE_BITS = 16;
const PAGE_SIZE = 1 << PAGE_BITS;
const PAGE_MASK = PAGE_SIZE - 1;

/** Time indices are kept below this, so that a difference fits a record's header. */
export const MAX_TIMES = 2 ** 28 - 1;

/** The times of a table, as they are posted from thread to thread: pages of pairs, low half first. */
export interface TimesPart {
  readonly pages: readonly Uint32Array[];
  readonly length: number;
}

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
    const page = this.#pageFor(index);
    const at = (index & PAGE_MASK) * 2;
    page[at] = low;
    page[at + 1] = high;
    this.#length++;
    return index;
  }

  /** The pages, to be posted to the thread of another table; this one must not be used any more. */
  handOver(): TimesPart {
    return { pages: this.#pages, length: this.#length };
  }

  /**
   * Appends the times of a table, which are at or after the last one here, and returns the index of its first: the last
   * one here if both are the same.
   */
  adopt({ pages, length }: TimesPart): number {
    let next = 0;
    const first = pages[0];
    if (length > 0 && first && this.is(this.#length - 1, first[1] ?? 0, first[0] ?? 0)) next = 1;
    const base = this.#length - next;
    if (base + length > MAX_TIMES) {
      throw new ReadFailure("too-large", `The file has more than ${MAX_TIMES} distinct times`);
    }
    while (next < length) {
      const page = this.#pageFor(this.#length);
      const to = this.#length & PAGE_MASK;
      const from = next & PAGE_MASK;
      const count = Math.min(PAGE_SIZE - to, PAGE_SIZE - from, length - next);
      const theirs = pages[next >>> PAGE_BITS];
      if (theirs) page.set(theirs.subarray(from * 2, (from + count) * 2), to * 2);
      next += count;
      this.#length += count;
    }
    return base;
  }

  /** The time at `index`, in ticks. */
  at(index: number): bigint {
    return (BigInt(this.#high(index)) << 32n) | BigInt(this.#low(index));
  }

  /** Whether the time at `index` is (high, low). False past the end. */
  is(index: number, high: number, low: number): boolean {
    return index >= 0 && index < this.#length && this.#high(index) === high && this.#low(index) === low;
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

  #pageFor(index: number): Uint32Array {
    let page = this.#pages[index >>> PAGE_BITS];
    if (page === undefined) this.#pages.push((page = new Uint32Array(PAGE_SIZE * 2)));
    return page;
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

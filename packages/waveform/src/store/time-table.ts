import { ReadFailure } from "../failure.js";

const PAGE_BITS = 16;
const PAGE_SIZE = 1 << PAGE_BITS;
const PAGE_MASK = PAGE_SIZE - 1;
const TWO_32 = 2 ** 32;

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
  /** Pairs of halves, low one first; `undefined` where a page was compacted. */
  readonly #pages: (Uint32Array | undefined)[] = [];
  readonly #compact: CompactPage[] = [];
  #length = 0;
  #bytes = 0;
  // What `#load` found.
  #high = 0;
  #low = 0;

  get length(): number {
    return this.#length;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Puts what is full into less memory: half of it, and next to nothing where times follow each other in equal steps. */
  compact(): void {
    for (let n = this.#compact.length; (n + 1) * PAGE_SIZE <= this.#length; n++) {
      const page = this.#pages[n];
      if (page === undefined) return;
      const compact = compactPage(page);
      this.#compact.push(compact);
      if (compact.kind === "pairs") continue;
      this.#pages[n] = undefined;
      this.#bytes -= page.byteLength - (compact.kind === "offsets" ? compact.offsets.byteLength : 0);
    }
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

  /**
   * The pages, to be posted to the thread of another table; this one must not be used any more, and not have been
   * compacted.
   */
  handOver(): TimesPart {
    return { pages: this.#pages.flatMap((page) => page ?? []), length: this.#length };
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
    this.#load(index);
    return (BigInt(this.#high) << 32n) | BigInt(this.#low);
  }

  /** Whether the time at `index` is (high, low). False past the end. */
  is(index: number, high: number, low: number): boolean {
    if (index < 0 || index >= this.#length) return false;
    this.#load(index);
    return this.#high === high && this.#low === low;
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
    if (page === undefined) {
      page = new Uint32Array(PAGE_SIZE * 2);
      this.#pages.push(page);
      this.#bytes += page.byteLength;
    }
    return page;
  }

  #below(index: number, high: number, low: number): boolean {
    this.#load(index);
    return this.#high === high ? this.#low < low : this.#high < high;
  }

  #load(index: number): void {
    const at = index & PAGE_MASK;
    const page = this.#pages[index >>> PAGE_BITS];
    if (page !== undefined) {
      this.#low = page[at * 2] ?? 0;
      this.#high = page[at * 2 + 1] ?? 0;
      return;
    }
    const compact = this.#compact[index >>> PAGE_BITS];
    if (compact === undefined || compact.kind === "pairs") {
      this.#low = this.#high = 0;
      return;
    }
    const low = compact.low + (compact.kind === "steps" ? at * compact.step : (compact.offsets[at] ?? 0));
    this.#high = low >= TWO_32 ? compact.high + 1 : compact.high;
    this.#low = low >= TWO_32 ? low - TWO_32 : low;
  }
}

/** A full page in less memory: its first time, and how far from it the others are. All lie within 2^32 ticks. */
type CompactPage =
  | { readonly kind: "steps"; readonly high: number; readonly low: number; readonly step: number }
  | { readonly kind: "offsets"; readonly high: number; readonly low: number; readonly offsets: Uint32Array }
  | { readonly kind: "pairs" };

function compactPage(page: Uint32Array): CompactPage {
  const low = page[0] ?? 0;
  const high = page[1] ?? 0;
  const offset = (at: number): number =>
    ((page[at * 2 + 1] ?? 0) - high) * TWO_32 + (page[at * 2] ?? 0) - low;
  if (offset(PAGE_SIZE - 1) >= TWO_32) return { kind: "pairs" };
  const step = offset(1);
  const offsets = new Uint32Array(PAGE_SIZE);
  let isRegular = true;
  for (let at = 0; at < PAGE_SIZE; at++) {
    offsets[at] = offset(at);
    if (offsets[at] !== at * step) isRegular = false;
  }
  return isRegular ? { kind: "steps", high, low, step } : { kind: "offsets", high, low, offsets };
}

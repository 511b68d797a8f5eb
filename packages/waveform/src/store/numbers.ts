/** Pages of an arena are numbered below this: 4 GiB of 1 MiB each. */
export const MAX_PAGES = 4_096;
const WORDS = MAX_PAGES / 32;

/**
 * Gives out the numbers of pages and of blobs. Several threads that fill parts of one waveform share them, so that what
 * one of them wrote keeps its addresses when another takes it over.
 */
export interface Numbers {
  /** Whether pages must be memory that threads can share. */
  readonly isShared: boolean;
  /** A number below {@link MAX_PAGES} that nobody has, or -1 if there is none. */
  takePage(): number;
  givePage(page: number): void;
  takeBlob(): number;
}

/** The numbers of a waveform that one thread fills. */
export function localNumbers(): Numbers {
  return new BitmapNumbers(new Int32Array(WORDS + 1), false);
}

/** Numbers in memory that threads share; {@link sharedNumbers} makes them from the same memory in each thread. */
export function sharedNumbersMemory(): SharedArrayBuffer {
  return new SharedArrayBuffer((WORDS + 1) * 4);
}

export function sharedNumbers(memory: SharedArrayBuffer): Numbers {
  return new BitmapNumbers(new Int32Array(memory), true);
}

/** A bit for each page that is taken, then the number of blobs. */
class BitmapNumbers implements Numbers {
  readonly isShared: boolean;
  readonly #words: Int32Array;

  constructor(words: Int32Array, isShared: boolean) {
    this.#words = words;
    this.isShared = isShared;
  }

  takePage(): number {
    for (let word = 0; word < WORDS;) {
      const taken = Atomics.load(this.#words, word);
      if (taken === -1) {
        word++;
        continue;
      }
      const bit = 31 - Math.clz32(~taken & -~taken);
      if (Atomics.compareExchange(this.#words, word, taken, taken | (1 << bit)) === taken) {
        return word * 32 + bit;
      }
    }
    return -1;
  }

  givePage(page: number): void {
    Atomics.and(this.#words, page >>> 5, ~(1 << (page & 31)));
  }

  takeBlob(): number {
    return Atomics.add(this.#words, WORDS, 1);
  }
}

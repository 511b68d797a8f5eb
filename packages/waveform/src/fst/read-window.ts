import type { RandomSource } from "../source/random-source.js";

/** Read at once when neighbours are likely to be asked for next. */
const WINDOW = 1 << 20;

/** Reads pieces of a file that follow each other, many of them with one call to the system. */
export class ReadWindow {
  readonly #source: RandomSource;
  #at = 0;
  #bytes: Uint8Array = new Uint8Array(0);

  constructor(source: RandomSource) {
    this.#source = source;
  }

  /** The bytes from `at` on. `ahead` says that what follows will be asked for too. */
  bytes(at: number, length: number, ahead: boolean): Uint8Array {
    const offset = at - this.#at;
    if (offset < 0 || offset + length > this.#bytes.length) {
      this.#at = at;
      this.#bytes = this.#source.bytesAt(at, ahead ? Math.max(length, WINDOW) : length);
      return this.#bytes.subarray(0, length);
    }
    return this.#bytes.subarray(offset, offset + length);
  }
}

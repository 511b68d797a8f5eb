/** Things that are made when they are asked for, and kept as long as all of them together are not too large. */
export class LruCache<T extends { readonly bytes: number }> {
  readonly #entries = new Map<number, T>();
  readonly #maxBytes: number;
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** What is kept under a key, or what `make` makes. */
  get(key: number, make: () => T): T {
    const known = this.#entries.get(key);
    if (known !== undefined) {
      // Behind the others: it was looked at last.
      this.#entries.delete(key);
      this.#entries.set(key, known);
      return known;
    }
    const made = make();
    this.#entries.set(key, made);
    this.#bytes += made.bytes;
    for (const oldest of this.#entries.keys()) {
      if (this.#bytes <= this.#maxBytes || oldest === key) break;
      this.delete(oldest);
    }
    return made;
  }

  delete(key: number): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    this.#bytes -= entry.bytes;
  }

  clear(): void {
    this.#entries.clear();
    this.#bytes = 0;
  }
}

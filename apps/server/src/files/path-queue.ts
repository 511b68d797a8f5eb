/**
 * Paths in the order in which they came, each once. A `Set` alone would do, but taking its first entry again and again
 * steps over all that were taken before: with 100 000 files that is seconds.
 */
export class PathQueue {
  readonly #waiting = new Set<string>();
  /** Also paths that were dropped meanwhile, or that came a second time. */
  #order: string[] = [];
  #first = 0;

  get size(): number {
    return this.#waiting.size;
  }

  add(path: string): void {
    if (this.#waiting.has(path)) return;
    this.#waiting.add(path);
    this.#order.push(path);
  }

  delete(path: string): void {
    this.#waiting.delete(path);
  }

  /** Takes out the path that waits longest. */
  take(): string | undefined {
    while (this.#first < this.#order.length) {
      const path = this.#order[this.#first++];
      if (path !== undefined && this.#waiting.delete(path)) return path;
    }
    this.#order = [];
    this.#first = 0;
    return undefined;
  }
}

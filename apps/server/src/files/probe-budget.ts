/** All that is read in advance, together. */
const maxTotalBytes = 256 * 1024 * 1024;

/** Which of the files that were found are read in advance: the small ones first, within a budget for the session. */
export class ProbeBudget<T> {
  readonly #waiting = new Map<string, { readonly size: number; readonly value: T }>();
  #sorted: string[] | undefined;
  #bytesLeft = maxTotalBytes;

  offer(path: string, size: number, value: T): void {
    // What does not fit now never will.
    if (size > this.#bytesLeft) {
      this.#waiting.delete(path);
      return;
    }
    this.#waiting.set(path, { size, value });
    this.#sorted = undefined;
  }

  remove(path: string): void {
    this.#waiting.delete(path);
  }

  /** The next file to read; counts against the budget with its size, which is the most that is read of it. */
  take(): { readonly path: string; readonly value: T } | undefined {
    this.#sorted ??= [...this.#waiting]
      .sort(([aPath, a], [bPath, b]) => b.size - a.size || (aPath < bPath ? 1 : -1))
      .map(([path]) => path);
    for (let path = this.#sorted.pop(); path !== undefined; path = this.#sorted.pop()) {
      const next = this.#waiting.get(path);
      if (!next) continue;
      this.#waiting.delete(path);
      if (next.size > this.#bytesLeft) {
        // The others are as large or larger.
        this.#waiting.clear();
        this.#sorted = [];
        return undefined;
      }
      this.#bytesLeft -= next.size;
      return { path, value: next.value };
    }
    return undefined;
  }
}

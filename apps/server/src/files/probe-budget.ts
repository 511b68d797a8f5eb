/** Files above this are not read before somebody looks at them. */
const maxFileBytes = 32 * 1024 * 1024;

/** All that is read in advance, together. */
const maxTotalBytes = 256 * 1024 * 1024;

/** Files that are read in advance. */
const maxFiles = 200;

/** Which of the files that were found are read in advance: the small ones first, within a budget for the session. */
export class ProbeBudget<T> {
  readonly #waiting = new Map<string, { readonly size: number; readonly value: T }>();
  #sorted: string[] | undefined;
  #bytesLeft = maxTotalBytes;
  #filesLeft = maxFiles;

  offer(path: string, size: number, value: T): void {
    if (size > maxFileBytes) return;
    this.#waiting.set(path, { size, value });
    this.#sorted = undefined;
  }

  remove(path: string): void {
    this.#waiting.delete(path);
  }

  /** The next file to read; counts against the budget. */
  take(): { readonly path: string; readonly value: T } | undefined {
    this.#sorted ??= [...this.#waiting]
      .sort(([aPath, a], [bPath, b]) => b.size - a.size || (aPath < bPath ? 1 : -1))
      .map(([path]) => path);
    for (let path = this.#sorted.pop(); path !== undefined; path = this.#sorted.pop()) {
      const next = this.#waiting.get(path);
      if (!next) continue;
      if (this.#filesLeft === 0 || next.size > this.#bytesLeft) return undefined;
      this.#waiting.delete(path);
      this.#filesLeft--;
      this.#bytesLeft -= next.size;
      return { path, value: next.value };
    }
    return undefined;
  }
}

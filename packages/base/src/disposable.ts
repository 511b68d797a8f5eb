/** Something that was opened and must be closed. Closing twice is harmless. */
export interface Disposable {
  [Symbol.dispose](): void;
}

/** Wraps `release` so that it runs at most once. */
export function toDisposable(release: () => void): Disposable {
  let open = true;
  return {
    [Symbol.dispose]() {
      if (!open) return;
      open = false;
      release();
    },
  };
}

/**
 * Owns disposables and closes them together, last opened first. What is added after the store was closed is closed
 * at once. If closing throws, the rest is closed all the same and the first error is thrown at the end.
 */
export class DisposableStore implements Disposable {
  #items = new Set<Disposable>();
  #disposed = false;

  get disposed(): boolean {
    return this.#disposed;
  }

  /** Takes ownership of `item` and returns it. */
  add<T extends Disposable>(item: T): T {
    if (this.#disposed) item[Symbol.dispose]();
    else this.#items.add(item);
    return item;
  }

  /** Registers a function to run when the store closes. */
  defer(release: () => void): Disposable {
    return this.add(toDisposable(release));
  }

  /** Closes `item` now and forgets it. */
  release(item: Disposable): void {
    this.#items.delete(item);
    item[Symbol.dispose]();
  }

  [Symbol.dispose](): void {
    if (this.#disposed) return;
    this.#disposed = true;
    const items = [...this.#items].toReversed();
    this.#items.clear();
    let first: { error: unknown } | undefined;
    for (const item of items) {
      try {
        item[Symbol.dispose]();
      } catch (error) {
        first ??= { error };
      }
    }
    if (first) throw first.error;
  }
}

/** A first-in-first-out queue in one array; taking is O(1) amortised and releases what was taken. */
export class Mailbox<T> {
  #items: (T | undefined)[] = [];
  #head = 0;

  get length(): number {
    return this.#items.length - this.#head;
  }

  put(item: T): void {
    this.#items.push(item);
  }

  /** The oldest item, wrapped so that `undefined` can be a message; `undefined` if there is none. */
  take(): { readonly item: T } | undefined {
    if (this.#head === this.#items.length) return undefined;
    const item = this.#items[this.#head] as T;
    this.#items[this.#head] = undefined;
    this.#head++;
    if (this.#head > 64 && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return { item };
  }

  /** Empties the queue and returns what was in it. */
  clear(): T[] {
    const rest: T[] = [];
    for (let next = this.take(); next; next = this.take()) rest.push(next.item);
    return rest;
  }
}

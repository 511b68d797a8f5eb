import { Emitter, type Disposable, type Result } from "@novywave/base";

/** A page of a list that lives on the server. */
export interface Page<T> {
  readonly total: number;
  readonly items: readonly T[];
}

/** Asks for `limit` items from `offset` on. */
export type FetchPage<T> = (
  offset: number,
  limit: number,
  signal: AbortSignal,
) => Promise<Result<Page<T>, { code: string; message: string }>>;

const PAGE = 200;

/** A long list of which only the pages that were looked at are here. */
export class PagedList<T> implements Disposable {
  readonly #fetch: FetchPage<T>;
  readonly #pages = new Map<number, readonly T[] | "loading">();
  readonly #abort = new AbortController();
  readonly #emitter = new Emitter<void>();
  readonly changed = this.#emitter.event;
  #total: number | undefined;
  #error: string | undefined;
  #version = 0;

  constructor(fetch: FetchPage<T>) {
    this.#fetch = fetch;
  }

  /** Grows with every change, for whoever compares snapshots. */
  get version(): number {
    return this.#version;
  }

  /** Undefined until the first page came. */
  get total(): number | undefined {
    return this.#total;
  }

  get error(): string | undefined {
    return this.#error;
  }

  /** The item, if its page is here. */
  at(index: number): T | undefined {
    const page = this.#pages.get(Math.floor(index / PAGE));
    return page === undefined || page === "loading" ? undefined : page[index % PAGE];
  }

  /** Sees to it that the items from `first` to `last` come. */
  ensure(first: number, last: number): void {
    for (let page = Math.floor(first / PAGE); page <= Math.floor(last / PAGE); page++) {
      if (!this.#pages.has(page) && page >= 0) void this.#load(page);
    }
  }

  /** All items from `first` to `last`, fetching what is not here. */
  async range(first: number, last: number): Promise<T[]> {
    const items: T[] = [];
    for (let offset = first; offset <= last; offset += PAGE) {
      const limit = Math.min(PAGE, last - offset + 1);
      const answer = await this.#fetch(offset, limit, this.#abort.signal);
      if (!answer.ok) break;
      items.push(...answer.value.items);
    }
    return items;
  }

  /** The first `count` items that `wanted` takes, fetching no more than needed; `undefined` if they could not be. */
  async first(count: number, wanted: (item: T) => boolean): Promise<T[] | undefined> {
    const items: T[] = [];
    for (let offset = 0; ; offset += PAGE) {
      const answer = await this.#fetch(offset, PAGE, this.#abort.signal);
      if (!answer.ok) return undefined;
      items.push(...answer.value.items.filter(wanted));
      if (items.length >= count || offset + PAGE >= answer.value.total) return items.slice(0, count);
    }
  }

  [Symbol.dispose](): void {
    this.#abort.abort();
  }

  async #load(page: number): Promise<void> {
    this.#pages.set(page, "loading");
    const answer = await this.#fetch(page * PAGE, PAGE, this.#abort.signal);
    if (this.#abort.signal.aborted) return;
    if (answer.ok) {
      this.#pages.set(page, answer.value.items);
      this.#total = answer.value.total;
      this.#error = undefined;
    } else {
      this.#pages.delete(page);
      this.#error = answer.error.message;
    }
    this.#version += 1;
    this.#emitter.emit();
  }
}

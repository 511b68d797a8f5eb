import { Emitter, type Event } from "@novywave/base";

/** State that changes by actions only. Readers get snapshots; listeners hear of every new one. */
export class Store<S, A> {
  #state: S;
  readonly #reduce: (state: S, action: A) => S;
  readonly #emitter = new Emitter<S>();
  readonly changed: Event<S> = this.#emitter.event;

  constructor(initial: S, reduce: (state: S, action: A) => S) {
    this.#state = initial;
    this.#reduce = reduce;
  }

  get state(): S {
    return this.#state;
  }

  readonly dispatch = (action: A): void => {
    const next = this.#reduce(this.#state, action);
    if (next === this.#state) return;
    this.#state = next;
    this.#emitter.emit(next);
  };
}

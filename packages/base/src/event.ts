import { toDisposable, type Disposable } from "./disposable.js";

/** The public side of an {@link Emitter}: call it with a listener, dispose the result to stop listening. */
export type Event<T> = (listener: (value: T) => void) => Disposable;

/**
 * Reports what happened to whoever listens; it steers nobody. Listeners run in the order in which they were added;
 * one that throws does not keep the others from running, and the first error is thrown to the emitter at the end.
 */
export class Emitter<T> implements Disposable {
  #listeners = new Set<{ readonly call: (value: T) => void }>();

  readonly event: Event<T> = (listener) => {
    const entry = { call: listener };
    this.#listeners.add(entry);
    return toDisposable(() => this.#listeners.delete(entry));
  };

  get listenerCount(): number {
    return this.#listeners.size;
  }

  emit(value: T): void {
    let first: { error: unknown } | undefined;
    // A copy: listeners that are added meanwhile wait for the next value.
    const listeners = [...this.#listeners];
    for (const listener of listeners) {
      if (!this.#listeners.has(listener)) continue;
      try {
        listener.call(value);
      } catch (error) {
        first ??= { error };
      }
    }
    if (first) throw first.error;
  }

  [Symbol.dispose](): void {
    this.#listeners.clear();
  }
}

import { SignalReader } from "../query/signal-reader.js";
import { SignalStore } from "../store/signal-store.js";
import { deriveChanges } from "./derive-changes.js";
import { flatten, widthOf, type Derivation, type Part } from "./derivation.js";
import { QueryError } from "../query/query-error.js";

/** Numbers of derived signals start here; those of a file are below. */
export const FIRST_DERIVED = 2 ** 31;

const MAX_DERIVED = 10_000;

/**
 * Signals that are made of those of a file. Each is made when it is first looked at, in a store of its own with the times
 * of the file, so that every question about it is answered as about any other, at the same speed.
 */
export class DerivedSignals {
  readonly #source: SignalStore;
  readonly #derived: (readonly Part[])[] = [];
  readonly #byKey = new Map<string, number>();
  #reader = new SignalReader(new SignalStore());
  #isMade: boolean[] = [];

  constructor(source: SignalStore) {
    this.#source = source;
  }

  /** The number under which a derived signal is asked for; the same for the same parts. Throws a `QueryError`. */
  add(derivation: Derivation): { readonly signal: number; readonly width: number } {
    const parts = flatten(derivation, (signal) => this.#partsOf(signal));
    const key = parts.map(({ signal, high, low }) => `${signal}:${high}:${low}`).join();
    let index = this.#byKey.get(key);
    if (index === undefined) {
      if (this.#derived.length >= MAX_DERIVED)
        throw new QueryError(`more than ${MAX_DERIVED} derived signals`);
      index = this.#derived.push(parts) - 1;
      this.#byKey.set(key, index);
      this.#reader.store.add("bits", widthOf(parts));
      this.#isMade.push(false);
    }
    return { signal: FIRST_DERIVED + index, width: widthOf(parts) };
  }

  has(signal: number): boolean {
    return signal - FIRST_DERIVED in this.#derived;
  }

  /** The signals of the file that must be loaded before `signals`, of the file or derived, are looked at. */
  sourcesOf(signals: readonly number[]): readonly number[] {
    if (this.#derived.length === 0) return signals;
    return [
      ...new Set(
        signals.flatMap((signal) => {
          const parts = this.#derived[signal - FIRST_DERIVED];
          if (parts === undefined) return [signal];
          return this.#isMade[signal - FIRST_DERIVED] === true ? [] : parts.map((part) => part.signal);
        }),
      ),
    ];
  }

  /** Where a derived signal is read. Its sources must be loaded if {@link sourcesOf} names them. */
  read(signal: number): { readonly reader: SignalReader; readonly signal: number } {
    const index = signal - FIRST_DERIVED;
    const parts = this.#derived[index];
    if (parts === undefined) throw new QueryError(`there is no derived signal ${signal}`);
    if (this.#isMade[index] !== true) {
      deriveChanges(this.#source, parts, { store: this.#reader.store, signal: index });
      this.#isMade[index] = true;
    }
    return { reader: this.#reader, signal: index };
  }

  /** The file has more changes than before: what is derived is made again when it is looked at. */
  sourcesChanged(): void {
    const store = new SignalStore();
    for (const parts of this.#derived) store.add("bits", widthOf(parts));
    this.#reader = new SignalReader(store);
    this.#isMade = this.#derived.map(() => false);
  }

  #partsOf(signal: number): readonly Part[] {
    const derived = this.#derived[signal - FIRST_DERIVED];
    if (derived) return derived;
    if (!Number.isInteger(signal) || signal < 0 || signal >= this.#source.length) {
      throw new QueryError(`there is no signal ${signal}`);
    }
    if (this.#source.kind(signal) !== "bits") throw new QueryError(`signal ${signal} has no digits`);
    return [{ signal, high: this.#source.width(signal) - 1, low: 0 }];
  }
}

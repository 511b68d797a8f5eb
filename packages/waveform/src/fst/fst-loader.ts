import { Emitter, type Event } from "@novywave/base";
import { ReadFailure } from "../failure.js";
import type { SignalLoader } from "../store/signal-loader.js";
import type { SignalStore } from "../store/signal-store.js";
import type { FstFile } from "./fst-file.js";
import { SignalFiller } from "./signal-filler.js";
import { TwinGroups } from "./twin-groups.js";

/** Signals whose changes are counted at once: few at first, more while they take little memory. */
const COUNTED_FIRST = 16;
const COUNTED_AT_ONCE = 4_096;

/** Loads the signals of an FST file when they are looked at, and lets go those that were not for the longest time. */
export class FstLoader implements SignalLoader {
  readonly onDropped: Event<number>;
  readonly #dropped = new Emitter<number>();
  readonly #file: FstFile;
  readonly #store: SignalStore;
  readonly #filler: SignalFiller;
  readonly #budget: number;
  /** Loaded signals, the one looked at longest ago first. */
  readonly #loaded = new Set<number>();

  /** `budget` is how many bytes loaded signals may take; those of one question may take more. */
  constructor(file: FstFile, store: SignalStore, budget: number) {
    this.#file = file;
    this.#store = store;
    this.#filler = new SignalFiller(file, store, () => new Promise((resolve) => setImmediate(resolve)));
    this.#budget = budget;
    this.onDropped = this.#dropped.event;
  }

  async load(signals: readonly number[]): Promise<void> {
    const missing: number[] = [];
    const asked = new Set(signals);
    for (const signal of asked) {
      if (this.#loaded.delete(signal)) this.#loaded.add(signal);
      else if (Number.isInteger(signal) && signal >= 0 && signal < this.#file.signals) missing.push(signal);
    }
    if (missing.length === 0) return;
    await this.#fill(Uint32Array.from(missing).sort());
    for (const signal of missing) this.#loaded.add(signal);
    for (const oldest of this.#loaded) {
      if (this.#store.changeBytes <= this.#budget || asked.has(oldest)) break;
      this.#drop(oldest);
    }
  }

  release(): void {
    for (const signal of this.#loaded) this.#drop(signal);
  }

  async countTransitions(): Promise<number> {
    const groups = new TwinGroups(this.#file);
    const { firsts, sizes } = groups;
    let transitions = 0;
    let atOnce = COUNTED_FIRST;
    for (let from = 0; from < firsts.length;) {
      const signals = firsts.subarray(from, from + atOnce);
      const before = this.#store.changeBytes;
      const missing = signals.filter((signal) => !this.#loaded.has(signal));
      await this.#fill(missing);
      for (const [i, signal] of signals.entries())
        transitions += this.#store.count(signal) * (sizes[from + i] ?? 0);
      const taken = this.#store.changeBytes - before;
      for (const signal of missing) this.#store.drop(signal);
      from += signals.length;
      if (taken > this.#budget / 4) atOnce = Math.max(1, atOnce >> 1);
      else if (taken < this.#budget / 16) atOnce = Math.min(COUNTED_AT_ONCE, atOnce * 2);
    }
    return transitions;
  }

  async #fill(signals: Uint32Array): Promise<void> {
    if (this.#file.replaced) {
      throw new ReadFailure("changed", "The file was written again since it was opened. Open it again.");
    }
    try {
      await this.#filler.fill(signals);
    } catch (error) {
      for (const signal of signals) this.#store.drop(signal);
      throw error;
    }
  }

  #drop(signal: number): void {
    this.#loaded.delete(signal);
    this.#store.drop(signal);
    this.#dropped.emit(signal);
  }
}

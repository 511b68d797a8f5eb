import { DisposableStore, type Clock, type Disposable } from "@novywave/base";

export interface ChangeBatchOptions {
  readonly clock: Clock;
  /** Milliseconds without a change after which a batch is handed out. */
  readonly debounceMs: number;
  /** Milliseconds after which a batch is handed out although changes go on. Default 5 s, at least the debounce. */
  readonly maxWaitMs?: number;
  /** Distinct paths in a batch; beyond, `overflow` stands for the rest. Default 10 000. */
  readonly maxPaths?: number;
  /** Named instead of single paths once there are too many: the folder below which something changed. */
  readonly overflow: string;
  /** Absolute paths, sorted by code unit, without duplicates (R5.3). */
  readonly onBatch: (paths: readonly string[]) => void;
}

/** Collects changes until it has been quiet for a while, then hands them out at once, in a deterministic order. */
export class ChangeBatch implements Disposable {
  readonly #options: ChangeBatchOptions;
  readonly #maxWaitMs: number;
  readonly #maxPaths: number;
  readonly #timers = new DisposableStore();
  #paths = new Set<string>();
  #quiet: Disposable | undefined;
  #patience: Disposable | undefined;

  constructor(options: ChangeBatchOptions) {
    this.#options = options;
    this.#maxWaitMs = Math.max(options.debounceMs, options.maxWaitMs ?? 5_000);
    this.#maxPaths = options.maxPaths ?? 10_000;
  }

  add(path: string): void {
    if (this.#timers.disposed) return;
    this.#paths.add(path);
    if (this.#paths.size > this.#maxPaths) this.#paths = new Set([this.#options.overflow]);
    const { clock, debounceMs } = this.#options;
    if (this.#quiet) this.#timers.release(this.#quiet);
    this.#quiet = this.#timers.add(clock.schedule(debounceMs, () => this.#handOut()));
    this.#patience ??= this.#timers.add(clock.schedule(this.#maxWaitMs, () => this.#handOut()));
  }

  [Symbol.dispose](): void {
    this.#paths.clear();
    this.#timers[Symbol.dispose]();
  }

  #handOut(): void {
    if (this.#quiet) this.#timers.release(this.#quiet);
    if (this.#patience) this.#timers.release(this.#patience);
    this.#quiet = undefined;
    this.#patience = undefined;
    if (this.#paths.size === 0) return;
    const paths = [...this.#paths].sort(compareCodeUnits);
    this.#paths.clear();
    this.#options.onBatch(paths);
  }
}

function compareCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

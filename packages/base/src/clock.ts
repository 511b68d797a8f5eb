import { toDisposable, type Disposable } from "./disposable.js";

/** Where logic gets its time from, so that tests can hand in another. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Milliseconds on a clock that never goes back; only differences mean something. */
  monotonic(): number;
  /** Runs `task` once, `delayMs` milliseconds from now at the earliest. Dispose to cancel. */
  schedule(delayMs: number, task: () => void): Disposable;
}

// Timers and `performance` exist in Node and in browsers alike; this package uses the type library of neither.
declare function setTimeout(task: () => void, delayMs: number): unknown;
declare function clearTimeout(handle: unknown): void;
declare const performance: { now(): number };

/** The clock of the machine. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  schedule(delayMs, task) {
    const handle = setTimeout(task, delayMs);
    return toDisposable(() => clearTimeout(handle));
  },
};

/** A clock for tests: time stands still until {@link SimulatedClock.advance} moves it. */
export class SimulatedClock implements Clock {
  #now: number;
  readonly #start: number;
  #sequence = 0;
  readonly #tasks = new Set<{ readonly due: number; readonly order: number; run: () => void }>();

  constructor(startMs = 0) {
    this.#now = startMs;
    this.#start = startMs;
  }

  now(): number {
    return this.#now;
  }

  monotonic(): number {
    return this.#now - this.#start;
  }

  /** How many tasks are waiting. */
  get pending(): number {
    return this.#tasks.size;
  }

  schedule(delayMs: number, run: () => void): Disposable {
    const task = { due: this.#now + Math.max(0, delayMs), order: this.#sequence++, run };
    this.#tasks.add(task);
    return toDisposable(() => this.#tasks.delete(task));
  }

  /** Moves time forward by `ms`, running what falls due in order of time, then of scheduling. */
  advance(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const next = [...this.#tasks]
        .filter((task) => task.due <= end)
        .sort((a, b) => a.due - b.due || a.order - b.order)[0];
      if (!next) break;
      this.#tasks.delete(next);
      this.#now = next.due;
      next.run();
    }
    this.#now = end;
  }
}

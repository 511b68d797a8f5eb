import type { Clock, Disposable } from "@novywave/base";
import { WorkerThread } from "./worker-thread.js";

/** Milliseconds without a start after which the next spare is booted: it does not compete with what starts now. */
const idleMs = 100;

/** One worker that is booted ahead and warmed up, so that a plugin that starts waits neither for a thread nor for cold code. */
export class SpareWorker {
  readonly #entry: URL;
  readonly #clock: Clock;
  #spare: WorkerThread | undefined;
  #timer: Disposable | undefined;
  #disposed = false;

  constructor(entry: URL, clock: Clock) {
    this.#entry = entry;
    this.#clock = clock;
    this.#spare = this.#boot();
    this.#whenIdle();
  }

  /** The spare, or a new one if it was taken already. Throws where no thread can be started. */
  take(): WorkerThread {
    const worker = this.#spare ?? new WorkerThread(this.#entry);
    this.#spare = undefined;
    this.#whenIdle();
    return worker;
  }

  async dispose(): Promise<void> {
    this.#disposed = true;
    this.#timer?.[Symbol.dispose]();
    await this.#spare?.terminate();
  }

  /** The first plugins are not to wait for a spare's warming up. */
  #whenIdle(): void {
    this.#timer?.[Symbol.dispose]();
    this.#timer = this.#clock.schedule(idleMs, () => {
      if (this.#disposed) return;
      this.#spare ??= this.#boot();
      this.#spare?.post({ type: "warm-up" });
    });
  }

  #boot(): WorkerThread | undefined {
    let worker: WorkerThread;
    try {
      worker = new WorkerThread(this.#entry);
    } catch {
      // No threads are left; whoever needs one is told so.
      return undefined;
    }
    // One that ends before anybody used it is no spare any more; whoever comes next boots his own.
    worker.attach({
      onMessage: () => {},
      onEnd: () => {
        if (this.#spare === worker) this.#spare = undefined;
      },
    });
    return worker;
  }
}

import type { Clock, Disposable } from "@novywave/base";
import type { WorkerProgram } from "./worker-program.js";
import { WorkerThread } from "./worker-thread.js";

/** Milliseconds without a start after which the next spare is booted: it does not compete with what starts now. */
const idleMs = 100;

/** One worker that is booted ahead and warmed up, so that a plugin that starts waits neither for a thread nor for cold code. */
export class SpareWorker {
  readonly #program: WorkerProgram;
  readonly #clock: Clock;
  #spare: WorkerThread | undefined;
  #timer: Disposable | undefined;
  #disposed = false;

  constructor(program: WorkerProgram, clock: Clock) {
    this.#program = program;
    this.#clock = clock;
    this.#spare = this.#boot();
    this.#whenIdle();
  }

  /** The spare, or a new one if it was taken already. Throws where no thread can be started. */
  take(): WorkerThread {
    const worker = this.#spare ?? new WorkerThread(this.#program);
    this.#spare = undefined;
    this.#whenIdle();
    return worker;
  }

  /** Boots the spare now, if there is none. */
  prepare(): void {
    this.#spare ??= this.#boot();
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
      this.prepare();
      this.#spare?.post({ type: "warm-up" });
    });
  }

  #boot(): WorkerThread | undefined {
    let worker: WorkerThread;
    try {
      worker = new WorkerThread(this.#program);
    } catch {
      // No threads are left; whoever needs one is told so.
      return undefined;
    }
    // One that ends before anybody used it is no spare any more; whoever comes next boots his own.
    worker.attach({
      // Whoever takes it attaches himself: what is heard here comes from a thread that has run no guest.
      onMessage: (message) => {
        if ("type" in message && message.type === "code") this.#program.addCode(message.code);
      },
      onEnd: () => {
        if (this.#spare === worker) this.#spare = undefined;
      },
    });
    return worker;
  }
}

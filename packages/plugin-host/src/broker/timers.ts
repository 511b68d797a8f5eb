import { DisposableStore, type Clock } from "@novywave/base";
import type { TimerError } from "@novywave/contract";
import type { PluginLimits } from "../limits.js";
import { done, failed, type HostOutcome } from "./outcome.js";

const maxStepMs = 2 ** 31 - 1;

/** The capability `timer`: ticks that were asked for. */
export class TimerBroker {
  readonly #clock: Clock;
  readonly #limit: number;
  readonly #tick: () => void;
  readonly #pending = new DisposableStore();
  #count = 0;

  constructor(limits: PluginLimits, clock: Clock, tick: () => void) {
    this.#clock = clock;
    this.#limit = limits.timers;
    this.#tick = tick;
  }

  scheduleTick(delayMs: number): HostOutcome {
    if (this.#count >= this.#limit) {
      const error: TimerError = {
        tag: "limit-reached",
        val: `${this.#limit} ticks are scheduled (limit timers)`,
      };
      return failed(error);
    }
    this.#count++;
    this.#wait(delayMs);
    return done();
  }

  /** In steps, for timers of the platform count in 31 bits. */
  #wait(delayMs: number): void {
    const step = Math.min(delayMs, maxStepMs);
    const timer = this.#clock.schedule(step, () => {
      this.#pending.release(timer);
      if (delayMs > step) {
        this.#wait(delayMs - step);
        return;
      }
      this.#count--;
      this.#tick();
    });
    this.#pending.add(timer);
  }

  [Symbol.dispose](): void {
    this.#pending[Symbol.dispose]();
  }
}

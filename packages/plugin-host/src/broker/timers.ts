import { DisposableStore, type Clock } from "@novywave/base";
import type { TimerError } from "@novywave/contract";
import type { PluginLimits } from "../limits.js";
import { done, failed, type HostOutcome } from "./outcome.js";

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
    const timer = this.#clock.schedule(delayMs, () => {
      this.#count--;
      this.#pending.release(timer);
      this.#tick();
    });
    this.#pending.add(timer);
    return done();
  }

  [Symbol.dispose](): void {
    this.#pending[Symbol.dispose]();
  }
}

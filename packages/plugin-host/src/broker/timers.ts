import { DisposableStore, type Clock } from "@novywave/base";
import type { TimerError } from "@novywave/contract";
import type { PluginLimits } from "../limits.js";
import { done, failed, type HostOutcome } from "./outcome.js";
import { RateLimit } from "./rate-limit.js";

const maxStepMs = 2 ** 31 - 1;

/** A guest that asks for the next tick in each, at once, is called this often a second and no more. */
export const ticksPerSecond = 100;

/** The capability `timer`: ticks that were asked for. Those that fall due too close together come a little later. */
export class TimerBroker {
  readonly #clock: Clock;
  readonly #limit: number;
  readonly #tick: () => void;
  readonly #rate: RateLimit;
  readonly #pending = new DisposableStore();
  /** Ticks that were asked for and have not come. */
  #count = 0;
  /** Those of them that are due and wait for their turn. */
  #due = 0;

  constructor(limits: PluginLimits, clock: Clock, tick: () => void) {
    this.#clock = clock;
    this.#limit = limits.timers;
    this.#tick = tick;
    this.#rate = new RateLimit(clock, ticksPerSecond, 1_000);
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
    this.#after(step, () => {
      if (delayMs > step) this.#wait(delayMs - step);
      else if (this.#due++ === 0) this.#deliver();
    });
  }

  #deliver(): void {
    while (this.#due > 0 && this.#rate.take(1)) {
      this.#due--;
      this.#count--;
      this.#tick();
    }
    if (this.#due > 0) this.#after(1_000 / ticksPerSecond, () => this.#deliver());
  }

  #after(delayMs: number, act: () => void): void {
    const timer = this.#clock.schedule(delayMs, () => {
      this.#pending.release(timer);
      act();
    });
    this.#pending.add(timer);
  }

  [Symbol.dispose](): void {
    this.#pending[Symbol.dispose]();
  }
}

import type { Clock } from "@novywave/base";

/** A bucket of tokens that refills evenly: at most `capacity` at once, and `capacity` per `periodMs` in the long run. */
export class RateLimit {
  readonly #clock: Clock;
  readonly #capacity: number;
  readonly #perMs: number;
  #tokens: number;
  #at: number;

  constructor(clock: Clock, capacity: number, periodMs: number) {
    this.#clock = clock;
    this.#capacity = capacity;
    this.#perMs = capacity / periodMs;
    this.#tokens = capacity;
    this.#at = clock.monotonic();
  }

  /** Takes `count` tokens if there are so many and `reserve` more; otherwise none, and answers false. */
  take(count: number, reserve = 0): boolean {
    const now = this.#clock.monotonic();
    this.#tokens = Math.min(this.#capacity, this.#tokens + (now - this.#at) * this.#perMs);
    this.#at = now;
    if (count + reserve > this.#tokens) return false;
    this.#tokens -= count;
    return true;
  }
}

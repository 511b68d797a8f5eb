import type { Clock, Disposable } from "@novywave/base";

/** Which of the two times ran out. */
export type Expired = "guest" | "host";

/** A timer that is so late says that this process was busy; then an answer gets this long to be read. */
const lateMs = 20;
const graceMs = 25;

/** The two times of one call, each with its own deadline: what the guest takes and what the host takes for it. */
export class CallTimer {
  readonly #clock: Clock;
  readonly #startedAt: number;
  readonly #left: { guest: number; host: number };
  readonly #onExpired: (which: Expired) => void;
  #phase: Expired = "guest";
  #phaseAt: number;
  #guestMs = 0;
  #graceGiven = false;
  #timer: Disposable | undefined;

  constructor(clock: Clock, guestMs: number, hostMs: number, onExpired: (which: Expired) => void) {
    this.#clock = clock;
    this.#startedAt = this.#phaseAt = clock.monotonic();
    this.#left = { guest: guestMs, host: hostMs };
    this.#onExpired = onExpired;
    this.#arm();
  }

  /** The guest waits for the host. */
  enterHost(): void {
    this.#switch("host");
  }

  /** The host has answered. */
  leaveHost(): void {
    this.#switch("guest");
  }

  /** Ends both deadlines. */
  stop(): void {
    this.#account();
    this.#timer?.[Symbol.dispose]();
    this.#timer = undefined;
  }

  get elapsedMs(): number {
    return this.#clock.monotonic() - this.#startedAt;
  }

  get guestMs(): number {
    const running = this.#phase === "guest" && this.#timer ? this.#clock.monotonic() - this.#phaseAt : 0;
    return this.#guestMs + running;
  }

  #switch(phase: Expired): void {
    if (!this.#timer) return;
    this.#timer[Symbol.dispose]();
    const over = this.#clock.monotonic() - this.#phaseAt - this.#left[this.#phase];
    this.#account();
    if (over >= 0 && !this.#excuse(over)) {
      // Not left to a timer: a guest that calls the host again and again would always be back before it.
      this.#timer = undefined;
      this.#onExpired(this.#phase);
      return;
    }
    this.#phase = phase;
    this.#arm();
  }

  /** Whether this process was busy when the time ran out, so that the change may have come in time; believed once. */
  #excuse(over: number): boolean {
    if (over <= lateMs || this.#graceGiven) return false;
    this.#graceGiven = true;
    this.#left[this.#phase] = graceMs;
    return true;
  }

  #account(): void {
    if (!this.#timer) return;
    const now = this.#clock.monotonic();
    const spent = now - this.#phaseAt;
    this.#left[this.#phase] = Math.max(0, this.#left[this.#phase] - spent);
    if (this.#phase === "guest") this.#guestMs += spent;
    this.#phaseAt = now;
  }

  #arm(): void {
    const phase = this.#phase;
    const left = this.#left[phase];
    const expire = (): void => {
      this.stop();
      this.#onExpired(phase);
    };
    this.#timer = this.#clock.schedule(left, () => {
      const late = this.#clock.monotonic() - this.#phaseAt - left;
      // This process was busy; the answer may have come long ago and lie unread behind this timer.
      if (late > lateMs) this.#timer = this.#clock.schedule(graceMs, expire);
      else expire();
    });
  }
}

import type { Clock } from "@novywave/base";
import { RateLimit } from "../broker/rate-limit.js";

const recordsPerMinute = 60;

/**
 * Whether something about one plugin may be logged now. A plugin can bring some records about as fast as it is called
 * (errors of `handle-event`, dropped events); of more than {@link recordsPerMinute} their number is told.
 */
export class ReportLimit {
  readonly #rate: RateLimit;
  #left = 0;

  constructor(clock: Clock) {
    this.#rate = new RateLimit(clock, recordsPerMinute, 60_000);
  }

  /** Calls `write` unless there was too much; `note` tells beforehand how many records were left out. */
  pass(write: () => void, note: (text: string) => void): void {
    if (!this.#rate.take(1)) {
      this.#left++;
      return;
    }
    if (this.#left > 0) note(`${this.#left} records like the following were left out of the log`);
    this.#left = 0;
    write();
  }
}

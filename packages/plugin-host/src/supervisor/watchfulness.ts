/** Milliseconds for which a thread that was busy a moment ago looks for more to do before it sleeps. */
export const watchMs = 0.2;
/** What follows within so many milliseconds shows that more will. */
const closeMs = 0.4;
/** After so many times in a row that it was in vain, it is not looked for so many messages. */
const patience = 8;
const pause = 64;

/**
 * Whether a thread that waits for another one had better look than sleep. A thread takes longer to wake than most calls take
 * to run; but one that looks takes a processor, and where others want it, it keeps them from what it waits for.
 */
export class Watchfulness {
  readonly #possible: boolean;
  #missed = 0;
  #left = 0;

  /** `processors`: how many the runtime can use. On a single one a thread that looks always keeps the others from it. */
  constructor(processors: number) {
    this.#possible = processors > 1;
  }

  /** `gapMs`: how long the last thing took to come. */
  worthwhile(gapMs: number): boolean {
    if (!this.#possible || gapMs >= closeMs) return false;
    if (this.#left === 0) return true;
    this.#left--;
    return false;
  }

  /** It came while somebody looked. */
  found(): void {
    this.#missed = 0;
  }

  /** Nothing came: there was nothing more, or the processors are busy. */
  missed(): void {
    if (++this.#missed < patience) return;
    this.#missed = 0;
    this.#left = pause;
  }
}

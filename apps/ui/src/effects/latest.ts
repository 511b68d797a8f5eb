/**
 * Runs one job at a time and remembers only the newest of those asked for meanwhile: back-pressure towards a server
 * that is slower than the person.
 */
export class Latest<J> {
  readonly #run: (job: J) => Promise<void>;
  #busy = false;
  #next: { job: J } | undefined;

  constructor(run: (job: J) => Promise<void>) {
    this.#run = run;
  }

  get busy(): boolean {
    return this.#busy;
  }

  /** Starts `job` now, or after the running one unless another comes meanwhile. */
  want(job: J): void {
    this.#next = { job };
    if (!this.#busy) void this.#drain();
  }

  async #drain(): Promise<void> {
    this.#busy = true;
    try {
      for (let next = this.#next; next; next = this.#next) {
        this.#next = undefined;
        await this.#run(next.job);
      }
    } finally {
      this.#busy = false;
    }
  }
}

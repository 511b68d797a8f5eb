import { availableParallelism } from "node:os";
import { closeMs, watchMs } from "../wire/watchfulness.js";

/**
 * Keeps the event loop turning while the answer of a quick worker is due: a loop that sleeps takes longer to wake than most
 * answers take to come. Where answers are slow it sleeps at once.
 */
export class Vigil {
  // On a single processor, turning would keep the worker from answering.
  readonly #mayWatch = availableParallelism() > 1;
  #sentAt = 0;
  #quick = false;
  #until = 0;
  #turning = false;

  /** Something was sent that is answered. */
  sent(): void {
    this.#sentAt = performance.now();
    if (!this.#quick || !this.#mayWatch) return;
    this.#until = this.#sentAt + watchMs;
    if (this.#turning) return;
    this.#turning = true;
    setImmediate(this.#turn);
  }

  /** An answer came. */
  received(): void {
    this.#quick = performance.now() - this.#sentAt < closeMs;
    this.#until = 0;
  }

  readonly #turn = (): void => {
    this.#turning = performance.now() < this.#until;
    if (this.#turning) setImmediate(this.#turn);
  };
}

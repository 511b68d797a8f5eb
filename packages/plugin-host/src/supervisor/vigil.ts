import { availableParallelism } from "node:os";
import { Watchfulness, watchMs } from "./watchfulness.js";

/** Keeps the event loop turning, rather than asleep, while the answer of a quick worker is due. */
export class Vigil {
  readonly #watchfulness = new Watchfulness(availableParallelism());
  #sentAt = 0;
  #tookMs = Infinity;
  /** When it is given up; 0 while nothing is waited for. */
  #until = 0;
  #turning = false;

  /** Something was sent that a worker answers. */
  sent(): void {
    this.#sentAt = performance.now();
    if (!this.#watchfulness.worthwhile(this.#tookMs)) return;
    this.#until = this.#sentAt + watchMs;
    if (this.#turning) return;
    this.#turning = true;
    setImmediate(this.#turn);
  }

  /** A worker said something. */
  received(): void {
    this.#tookMs = performance.now() - this.#sentAt;
    if (this.#until > 0) this.#watchfulness.found();
    this.#until = 0;
  }

  readonly #turn = (): void => {
    this.#turning = performance.now() < this.#until;
    if (this.#turning) {
      setImmediate(this.#turn);
    } else if (this.#until > 0) {
      this.#until = 0;
      this.#watchfulness.missed();
    }
  };
}

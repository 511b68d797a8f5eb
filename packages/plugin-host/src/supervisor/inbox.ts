import { receiveMessageOnPort, type MessagePort } from "node:worker_threads";
import type { ToWorker } from "../wire/worker-messages.js";
import { Watchfulness, watchMs } from "./watchfulness.js";

/** Reads a port. Where messages follow each other closely the thread looks for the next one before it sleeps. */
export class Inbox {
  readonly #port: MessagePort;
  readonly #receive: (message: ToWorker) => void;
  readonly #watchfulness = new Watchfulness();
  #idleSince = -Infinity;

  constructor(port: MessagePort, receive: (message: ToWorker) => void) {
    this.#port = port;
    this.#receive = receive;
  }

  /** What lies there already is received before this returns. */
  open(): void {
    this.#take(0);
    this.#port.on("message", (first: ToWorker) => {
      const worthwhile = this.#watchfulness.worthwhile(performance.now() - this.#idleSince);
      this.#receive(first);
      if (worthwhile) {
        this.#take(watchMs);
        this.#watchfulness.missed();
      }
      this.#idleSince = performance.now();
    });
  }

  /** For whoever knows that a message is about to come: receives it, if it comes within so long. */
  lookOut(ms: number): void {
    const expected = this.#watchfulness.possible ? this.#next(ms) : undefined;
    if (expected) this.#receive(expected.message);
  }

  /** Until none comes for so long. */
  #take(patienceMs: number): void {
    for (let more = this.#next(patienceMs); more; more = this.#next(patienceMs)) {
      this.#watchfulness.found();
      this.#receive(more.message);
    }
  }

  /** The next message, if one comes while it is looked for. */
  #next(patienceMs: number): { readonly message: ToWorker } | undefined {
    const started = performance.now();
    do {
      const received = receiveMessageOnPort(this.#port);
      if (received) return received;
    } while (performance.now() - started < patienceMs);
    return undefined;
  }
}

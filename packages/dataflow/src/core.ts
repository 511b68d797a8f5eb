import { Emitter, type Clock } from "@novywave/base";
import type { InspectionDetail, InspectionEvent } from "./inspection.js";
import { Mailbox } from "./mailbox.js";

/** What the drain loop needs of an actor. */
export interface Receiver {
  /** Receives the oldest message, if there still is one. Never throws. */
  receiveNext(): void;
}

/**
 * What all parts of one flow share: the clock, the inspection stream, and the one loop that delivers messages. One
 * loop for the whole flow makes delivery first-in-first-out across actors and keeps any receive from being re-entered.
 */
export class FlowCore {
  readonly clock: Clock;
  readonly events = new Emitter<InspectionEvent>();
  readonly #onListenerError: (error: unknown, where: string) => void;
  readonly #ready = new Mailbox<Receiver>();
  #waiting: (() => void)[] = [];
  #tasks = 0;
  #busy = false;
  #started = false;
  #disposed = false;

  constructor(clock: Clock, onListenerError: (error: unknown, where: string) => void) {
    this.clock = clock;
    this.#onListenerError = onListenerError;
  }

  get started(): boolean {
    return this.#started;
  }

  get disposed(): boolean {
    return this.#disposed;
  }

  /** Runs `open`, which starts the actors; from then on messages are delivered. */
  start(open: () => void): void {
    this.#started = true;
    this.batch(open);
  }

  /** Ends delivery and lets {@link settle} resolve. */
  dispose(): void {
    this.#disposed = true;
    this.#ready.clear();
    this.#restIfQuiet();
  }

  inspect(detail: InspectionDetail): void {
    if (this.events.listenerCount === 0) return;
    const event: InspectionEvent = { time: this.clock.monotonic(), ...detail };
    this.guard("a listener of the inspection stream", () => this.events.emit(event));
  }

  /** Runs code of a listener outside the flow: what it throws is reported and steers nobody. */
  guard(where: string, run: () => void): void {
    try {
      run();
    } catch (error) {
      this.#onListenerError(error, where);
    }
  }

  /** Notes that `receiver` has one more message, and delivers unless the loop runs already. */
  schedule(receiver: Receiver): void {
    this.#ready.put(receiver);
    this.#drain();
  }

  /** Runs `body`; messages that it sends are delivered after it, in order. */
  batch(body: () => void): void {
    if (this.#busy) {
      body();
      return;
    }
    this.#busy = true;
    try {
      body();
    } finally {
      this.#busy = false;
      this.#drain();
    }
  }

  taskBegan(): void {
    this.#tasks++;
  }

  taskEnded(): void {
    this.#tasks--;
    this.#restIfQuiet();
  }

  settle(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#restIfQuiet();
    });
  }

  #drain(): void {
    if (this.#busy || !this.#started || this.#disposed) return;
    this.#busy = true;
    try {
      for (let next = this.#ready.take(); next; next = this.#ready.take()) next.item.receiveNext();
    } finally {
      this.#busy = false;
    }
    this.#restIfQuiet();
  }

  #restIfQuiet(): void {
    if (this.#busy || this.#tasks > 0 || (this.#ready.length > 0 && !this.#disposed)) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}

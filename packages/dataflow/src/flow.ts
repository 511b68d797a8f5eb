import { assert, systemClock, type Clock, type Disposable, type Event } from "@novywave/base";
import { ActorCell, type Actor, type ActorDefinition } from "./actor.js";
import { FlowCore } from "./core.js";
import type { ActorSnapshot, FlowSnapshot, InspectionEvent } from "./inspection.js";
import {
  PlainRelay,
  RememberingRelay,
  type Relay,
  type StateRelay,
  type StateRelayOptions,
} from "./relay.js";

/** A graph of actors and relays. Build it, then {@link Flow.start} it; disposing ends everything in it. */
export interface Flow extends Disposable {
  relay<T>(name: string): Relay<T>;
  stateRelay<T>(name: string, initial: T, options?: StateRelayOptions<T>): StateRelay<T>;
  actor<S, M>(definition: ActorDefinition<S, M>): Actor<S, M>;
  /** Starts all actors in order of creation, then delivers what they and others sent. Throws the second time. */
  start(): void;
  /**
   * Resolves when all mailboxes are empty and no task is in flight. Timers are not waited for: move the clock. Throws
   * before {@link Flow.start}, when it could not come true.
   */
  settle(): Promise<void>;
  readonly clock: Clock;
  readonly inspect: Event<InspectionEvent>;
  snapshot(): FlowSnapshot;
}

export interface FlowOptions {
  readonly clock?: Clock;
  /** Messages that may wait in one actor's mailbox. Default 1 024. */
  readonly mailboxCapacity?: number;
  /**
   * Told what a listener outside the flow's actors threw (a subscriber of a relay, of changes, of inspection), and
   * where. Default: an unhandled rejection, so that it is never silent.
   */
  readonly onListenerError?: (error: unknown, where: string) => void;
}

/** Makes an empty flow. Nothing runs until it is started. */
export function createFlow(options: FlowOptions = {}): Flow {
  return new FlowGraph(options);
}

class FlowGraph implements Flow {
  readonly clock: Clock;
  readonly #core: FlowCore;
  readonly #capacity: number;
  readonly #actors = new Map<string, Disposable & { start(): void; snapshot(): ActorSnapshot }>();
  readonly #relays = new Map<string, Pick<PlainRelay<unknown>, "snapshot">>();

  constructor(options: FlowOptions) {
    this.clock = options.clock ?? systemClock;
    this.#capacity = options.mailboxCapacity ?? 1024;
    this.#core = new FlowCore(this.clock, options.onListenerError ?? rejectUnhandled);
  }

  readonly inspect: Event<InspectionEvent> = (listener) => this.#core.events.event(listener);

  relay<T>(name: string): Relay<T> {
    return this.#addRelay(new PlainRelay<T>(name, this.#core));
  }

  stateRelay<T>(name: string, initial: T, options: StateRelayOptions<T> = {}): StateRelay<T> {
    return this.#addRelay(new RememberingRelay<T>(name, this.#core, initial, options));
  }

  actor<S, M>(definition: ActorDefinition<S, M>): Actor<S, M> {
    const { name } = definition;
    assert(!this.#core.disposed, `actor "${name}" is made in a flow that has ended`);
    assert(!this.#actors.has(name), `there is an actor "${name}" already`);
    const cell = new ActorCell(definition, definition.capacity ?? this.#capacity, this.#core, () => {
      this.#actors.delete(name);
    });
    this.#actors.set(name, cell);
    if (this.#core.started) cell.start();
    return cell;
  }

  start(): void {
    assert(!this.#core.started, "the flow has been started already");
    assert(!this.#core.disposed, "the flow has ended");
    this.#core.start(() => {
      for (const actor of this.#actors.values()) actor.start();
    });
  }

  async settle(): Promise<void> {
    assert(this.#core.started, "a flow settles only after it was started");
    await this.#core.settle();
  }

  snapshot(): FlowSnapshot {
    return {
      started: this.#core.started,
      actors: [...this.#actors.values()].map((actor) => actor.snapshot()),
      relays: [...this.#relays.values()].map((relay) => relay.snapshot()),
    };
  }

  [Symbol.dispose](): void {
    if (this.#core.disposed) return;
    for (const actor of [...this.#actors.values()].toReversed()) actor[Symbol.dispose]();
    this.#core.dispose();
  }

  #addRelay<R extends { readonly name: string } & Pick<PlainRelay<unknown>, "snapshot">>(relay: R): R {
    assert(!this.#relays.has(relay.name), `there is a relay "${relay.name}" already`);
    this.#relays.set(relay.name, relay);
    return relay;
  }
}

function rejectUnhandled(thrown: unknown): void {
  void Promise.reject(thrown);
}

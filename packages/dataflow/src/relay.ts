import { Emitter, assert, type Disposable, type Event } from "@novywave/base";
import type { RelaySnapshot } from "./inspection.js";
import type { FlowCore } from "./core.js";

/** Carries facts in the past tense (`waveformsDiscovered`) from the one who states them to whoever listens. */
export interface Relay<T> {
  readonly name: string;
  /** Claims the relay's one emitter. A second claim throws. */
  emitter(): (value: T) => void;
  /** Listeners run synchronously, in the order in which they subscribed. */
  readonly subscribe: Event<T>;
}

/** A relay that remembers its latest value: who subscribes later gets that value at once. */
export interface StateRelay<T> extends Relay<T> {
  readonly current: T;
}

export interface StateRelayOptions<T> {
  /** When it says that two values are equal, the second is not sent. Default: `Object.is`. */
  readonly equal?: (a: T, b: T) => boolean;
}

export class PlainRelay<T> implements Relay<T> {
  readonly name: string;
  protected readonly core: FlowCore;
  readonly #emitter = new Emitter<T>();
  #claimed = false;
  #sent = 0;
  #unheard = 0;

  constructor(name: string, core: FlowCore) {
    this.name = name;
    this.core = core;
  }

  readonly subscribe: Event<T> = (listener) => this.listen(listener);

  emitter(): (value: T) => void {
    assert(!this.#claimed, `relay "${this.name}" has its emitter already`);
    this.#claimed = true;
    return (value) => this.send(value);
  }

  snapshot(): RelaySnapshot {
    return {
      name: this.name,
      kind: this.remembers ? "state" : "relay",
      subscribers: this.#emitter.listenerCount,
      sent: this.#sent,
      unheard: this.#unheard,
    };
  }

  protected get remembers(): boolean {
    return false;
  }

  protected listen(listener: (value: T) => void): Disposable {
    return this.#emitter.event(listener);
  }

  protected send(value: T): void {
    if (this.core.disposed) {
      this.core.inspect({ kind: "dropped", target: this.name, message: value, reason: "stopped" });
      return;
    }
    const subscribers = this.#emitter.listenerCount;
    this.#sent++;
    this.core.inspect({ kind: "sent", relay: this.name, value, subscribers });
    if (subscribers === 0) {
      this.#unheard++;
      if (!this.remembers)
        this.core.inspect({ kind: "dropped", target: this.name, message: value, reason: "no-listener" });
      return;
    }
    this.core.batch(() =>
      this.core.guard(`a listener of relay "${this.name}"`, () => this.#emitter.emit(value)),
    );
  }
}

export class RememberingRelay<T> extends PlainRelay<T> implements StateRelay<T> {
  #current: T;
  readonly #equal: (a: T, b: T) => boolean;

  constructor(name: string, core: FlowCore, initial: T, options: StateRelayOptions<T>) {
    super(name, core);
    this.#current = initial;
    this.#equal = options.equal ?? Object.is;
  }

  get current(): T {
    return this.#current;
  }

  protected override get remembers(): boolean {
    return true;
  }

  protected override listen(listener: (value: T) => void): Disposable {
    const subscription = super.listen(listener);
    this.core.batch(() =>
      this.core.guard(`a listener of relay "${this.name}"`, () => listener(this.#current)),
    );
    return subscription;
  }

  protected override send(value: T): void {
    if (this.#equal(this.#current, value)) return;
    if (!this.core.disposed) this.#current = value;
    super.send(value);
  }
}

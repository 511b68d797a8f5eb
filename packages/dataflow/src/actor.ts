import { DisposableStore, Emitter, assert, type Clock, type Disposable, type Event } from "@novywave/base";
import type { FlowCore, Receiver } from "./core.js";
import type { ActorSnapshot, DropReason } from "./inspection.js";
import { Mailbox } from "./mailbox.js";
import type { Relay } from "./relay.js";

export interface ActorDefinition<S, M> {
  readonly name: string;
  readonly initial: S;
  /** Messages that may wait; one more is dropped, visibly. Default: the flow's. */
  readonly capacity?: number;
  /** Runs when the flow starts (or at once, if it runs already), in order of creation. Listen to relays here. */
  start?(ctx: ActorContext<S, M>): void;
  /** The transition: from a state and a message to the next state. Effects go through `ctx`. */
  receive(state: S, message: M, ctx: ActorContext<S, M>): S;
}

/** What an actor may do. Everything begun here ends with the actor. */
export interface ActorContext<S, M> {
  /** Closed when the actor stops or fails. */
  readonly scope: DisposableStore;
  readonly clock: Clock;
  /** The actor's state before the message that is being received. */
  readonly state: S;
  /** Sends to the actor itself; delivered after the current message. */
  send(message: M): void;
  /** Turns what the relay carries into messages, for the life of the actor. */
  listen<T>(relay: Relay<T>, map: (value: T) => M): void;
  /**
   * Runs an asynchronous effect. What it resolves to (unless `undefined`) comes back as a message; what it throws goes
   * through `onError` or else fails the actor. `signal` aborts when the actor stops; the result is then ignored.
   */
  task(name: string, run: (signal: AbortSignal) => Promise<M | void>, onError?: (error: unknown) => M): void;
  /** Sends `message` to the actor itself in `ms` milliseconds of the flow's clock. Dispose to cancel. */
  after(ms: number, message: M): Disposable;
}

/** Owns a state that only it writes. Anyone may read the state; disposing stops the actor. */
export interface Actor<S, M> extends Disposable {
  readonly name: string;
  /** The latest state; readable also after a failure and after the end. */
  readonly state: S;
  readonly changed: Event<S>;
  /** False if the message was dropped: the mailbox is full, or the actor failed or stopped. */
  send(message: M): boolean;
  /** What `start`, `receive` or a task threw, if the actor failed. */
  readonly failure: unknown;
}

type Phase = "new" | "running" | "failed" | "stopped";

export class ActorCell<S, M> implements Actor<S, M>, Receiver {
  readonly name: string;
  readonly #definition: ActorDefinition<S, M>;
  readonly #capacity: number;
  readonly #core: FlowCore;
  readonly #onStopped: () => void;
  readonly #mailbox = new Mailbox<M>();
  readonly #changes = new Emitter<S>();
  readonly #scope = new DisposableStore();
  readonly #context: ActorContext<S, M>;
  #state: S;
  #phase: Phase = "new";
  #failure: unknown;
  #receiving = false;
  #tasks = 0;
  #delivered = 0;
  #dropped = 0;

  constructor(definition: ActorDefinition<S, M>, capacity: number, core: FlowCore, onStopped: () => void) {
    assert(
      Number.isInteger(capacity) && capacity > 0,
      `actor "${definition.name}" needs a capacity of 1 or more`,
    );
    this.name = definition.name;
    this.#definition = definition;
    this.#capacity = capacity;
    this.#core = core;
    this.#onStopped = onStopped;
    this.#state = definition.initial;
    const readState = (): S => this.#state;
    this.#context = {
      scope: this.#scope,
      clock: core.clock,
      get state(): S {
        return readState();
      },
      send: (message) => {
        this.send(message);
      },
      listen: (relay, map) => this.#listen(relay, map),
      task: (name, run, onError) => this.#runTask(name, run, onError),
      after: (ms, message) => this.#after(ms, message),
    };
  }

  get state(): S {
    return this.#state;
  }

  get failure(): unknown {
    return this.#failure;
  }

  readonly changed: Event<S> = (listener) => this.#changes.event(listener);

  send(message: M): boolean {
    if (this.#phase === "failed" || this.#phase === "stopped") return this.#drop(message, this.#phase);
    if (this.#mailbox.length >= this.#capacity) return this.#drop(message, "overflow");
    return this.#accept(message);
  }

  start(): void {
    if (this.#phase !== "new") return;
    this.#phase = "running";
    this.#core.inspect({ kind: "started", actor: this.name });
    this.#core.batch(() => this.#attempt(() => this.#definition.start?.(this.#context)));
  }

  receiveNext(): void {
    if (this.#phase !== "running") return;
    const next = this.#mailbox.take();
    if (!next) return;
    this.#delivered++;
    this.#core.inspect({ kind: "delivered", actor: this.name, message: next.item });
    const before = this.#state;
    this.#receiving = true;
    this.#attempt(() => {
      this.#state = this.#definition.receive(before, next.item, this.#context);
    });
    this.#receiving = false;
    if (Object.is(before, this.#state)) return;
    this.#core.guard(`a listener to changes of actor "${this.name}"`, () => this.#changes.emit(this.#state));
  }

  snapshot(): ActorSnapshot {
    return {
      name: this.name,
      state:
        this.#phase === "failed"
          ? { kind: "failed", message: String(this.#failure) }
          : { kind: this.#receiving ? "running" : "idle" },
      mailbox: this.#mailbox.length,
      tasks: this.#tasks,
      delivered: this.#delivered,
      dropped: this.#dropped,
    };
  }

  [Symbol.dispose](): void {
    if (this.#phase === "stopped") return;
    const failed = this.#phase === "failed";
    this.#phase = "stopped";
    if (!failed) this.#close("stopped");
    this.#changes[Symbol.dispose]();
    this.#core.inspect({ kind: "stopped", actor: this.name });
    this.#onStopped();
  }

  #accept(message: M): true {
    this.#mailbox.put(message);
    this.#core.schedule(this);
    return true;
  }

  #drop(message: M, reason: DropReason): false {
    this.#dropped++;
    this.#core.inspect({ kind: "dropped", target: this.name, message, reason });
    return false;
  }

  /** For answers to what the actor itself began: their number is bounded by that, and losing one would stall it. */
  #answer(message: M): void {
    if (this.#phase === "running") this.#accept(message);
    else this.#drop(message, this.#phase === "failed" ? "failed" : "stopped");
  }

  #attempt(run: () => void): void {
    try {
      run();
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    if (this.#phase !== "running") return;
    this.#phase = "failed";
    this.#failure = error;
    this.#core.inspect({ kind: "failed", actor: this.name, error });
    this.#close("failed");
  }

  #close(reason: "failed" | "stopped"): void {
    this.#core.guard(`closing the scope of actor "${this.name}"`, () => this.#scope[Symbol.dispose]());
    for (const message of this.#mailbox.clear()) this.#drop(message, reason);
  }

  #listen<T>(relay: Relay<T>, map: (value: T) => M): void {
    this.#scope.add(
      relay.subscribe((value) =>
        this.#attempt(() => {
          this.send(map(value));
        }),
      ),
    );
  }

  #after(ms: number, message: M): Disposable {
    const timer = this.#core.clock.schedule(ms, () => {
      this.#scope.release(timer);
      this.#answer(message);
    });
    this.#scope.add(timer);
    return {
      [Symbol.dispose]: () => this.#scope.release(timer),
    };
  }

  #runTask(
    name: string,
    run: (signal: AbortSignal) => Promise<M | void>,
    onError: ((error: unknown) => M) | undefined,
  ): void {
    const controller = new AbortController();
    let inFlight = true;
    const abort = this.#scope.defer(() => {
      if (inFlight) controller.abort();
    });
    if (controller.signal.aborted) return;
    this.#tasks++;
    this.#core.taskBegan();
    this.#core.inspect({ kind: "taskStarted", actor: this.name, task: name });
    const end = (outcome: "done" | "failed", deliver: () => void): void => {
      const aborted = controller.signal.aborted;
      inFlight = false;
      this.#tasks--;
      this.#scope.release(abort);
      this.#core.inspect({
        kind: "taskEnded",
        actor: this.name,
        task: name,
        outcome: aborted ? "aborted" : outcome,
      });
      if (!aborted) this.#core.batch(() => this.#attempt(deliver));
      this.#core.taskEnded();
    };
    // The wrapper turns a synchronous throw into a rejection.
    const running = (async () => run(controller.signal))();
    void running.then(
      (message) => end("done", () => message !== undefined && this.#answer(message)),
      (error: unknown) =>
        end("failed", () => {
          if (onError) this.#answer(onError(error));
          else this.#fail(error);
        }),
    );
  }
}

import { toDisposable, type Clock, type Disposable } from "@novywave/base";
import { RateLimit } from "../broker/rate-limit.js";
import type { OpenTransport, Transport } from "../transport/transport.js";
import type { ServerMessage } from "../wire/messages.js";
import { childMessageSchema, type ParsedChildMessage } from "../wire/schemas.js";

export type InstanceMessage = Exclude<ParsedChildMessage, { type: "ready" }>;

/** The end of a connection that an instance holds. */
export interface InstanceHandler {
  readonly onMessage: (message: InstanceMessage) => void;
  /** The process ended; no message follows. */
  readonly onLost: (reason: string) => void;
  /** Bytes of the largest message that its guest can have caused. */
  readonly maxMessageBytes: number;
}

export interface ConnectionEvents {
  /** The process ended by itself or was killed. */
  readonly onLost: (reason: string) => void;
  readonly onOutput: (line: string) => void;
  readonly onViolation: (message: string) => void;
}

const bootMs = 20_000;
/** How long a worker may take to end after it was told to; then the whole process is killed. */
const terminateMs = 2_000;
const messagesPerSecond = 200_000;
/** Of a message that is about no instance. */
const otherMessageBytes = 128 * 1024;

/**
 * One life of the plugin-host process. Whatever it sends is checked here: shape, size, a known instance, and not too much.
 * A message that breaks the rules ends the process, for only a guest that broke out of its sandbox could have sent it.
 */
export class Connection {
  readonly #transport: Transport;
  readonly #events: ConnectionEvents;
  readonly #clock: Clock;
  readonly #rate: RateLimit;
  readonly #instances = new Map<number, InstanceHandler>();
  /** Artifacts that the process holds, and for how many. */
  readonly #artifacts = new Map<string, number>();
  readonly #terminating = new Map<number, Disposable>();
  readonly #ready: Promise<boolean>;
  #setReady: (ready: boolean) => void = () => {};
  #saidReady = false;
  #nextInstance = 1;
  #condemned = false;
  #lost: string | undefined;

  constructor(open: OpenTransport, clock: Clock, events: ConnectionEvents) {
    this.#events = events;
    this.#clock = clock;
    this.#rate = new RateLimit(clock, messagesPerSecond, 1_000);
    this.#ready = new Promise((resolve) => {
      this.#setReady = resolve;
    });
    this.#transport = open({
      onMessage: (message) => this.#receive(message),
      maxMessageBytes: (instance) => this.#instances.get(instance)?.maxMessageBytes ?? otherMessageBytes,
      onBroken: (what) => this.#violated(what),
      onExit: (reason) => this.#exited(reason),
      onOutput: events.onOutput,
    });
    const boot = clock.schedule(bootMs, () => this.#transport.kill());
    void this.#ready.then(() => boot[Symbol.dispose]());
  }

  get processId(): number | undefined {
    return this.#transport.processId;
  }

  get alive(): boolean {
    return this.#lost === undefined;
  }

  /** Resolves once the process answers; false if it ended before. */
  get ready(): Promise<boolean> {
    return this.#ready;
  }

  /** Registers an instance; its number is never used again in this process. */
  add(handler: InstanceHandler): number {
    const instance = this.#nextInstance++;
    this.#instances.set(instance, handler);
    const lost = this.#lost;
    // Too late: it hears of the end like all others.
    if (lost !== undefined) queueMicrotask(() => handler.onLost(lost));
    return instance;
  }

  /** An instance will be started soon. */
  prepare(): void {
    this.send({ type: "prepare" });
  }

  /** Hands the process an artifact, unless it has it, until nobody holds it any more. */
  hold(artifact: Omit<Extract<ServerMessage, { type: "artifact" }>, "type">): Disposable {
    const { sha256 } = artifact;
    const holders = this.#artifacts.get(sha256) ?? 0;
    this.#artifacts.set(sha256, holders + 1);
    if (holders === 0) this.send({ type: "artifact", ...artifact });
    return toDisposable(() => {
      const left = (this.#artifacts.get(sha256) ?? 1) - 1;
      if (left > 0) {
        this.#artifacts.set(sha256, left);
        return;
      }
      this.#artifacts.delete(sha256);
      this.send({ type: "forget", sha256 });
    });
  }

  /** Forgets an instance whose worker has ended, or never began: it has nothing more to say. */
  remove(instance: number): void {
    this.#instances.delete(instance);
    this.#terminating.get(instance)?.[Symbol.dispose]();
    this.#terminating.delete(instance);
  }

  send(message: ServerMessage): void {
    if (this.#lost === undefined) this.#transport.send(message);
  }

  /** Ends an instance's worker; `exited` follows, or the whole process goes. */
  terminate(instance: number): void {
    if (this.#lost !== undefined || this.#terminating.has(instance)) return;
    this.send({ type: "terminate", instance });
    const patience = this.#clock.schedule(terminateMs, () => {
      this.#events.onViolation(
        `a worker did not end within ${terminateMs} ms; the plugin-host process is killed`,
      );
      this.#transport.kill();
    });
    this.#terminating.set(instance, patience);
  }

  close(): Promise<void> {
    return this.#transport.close();
  }

  #receive(raw: unknown): void {
    // After a violation more may lie unread; none of it is acted upon, nor told of.
    if (this.#lost !== undefined || this.#condemned) return;
    if (!this.#rate.take(1)) return this.#violated(`more than ${messagesPerSecond} messages a second`);
    const parsed = childMessageSchema.safeParse(raw);
    if (!parsed.success) return this.#violated("a message that breaks its schema");
    const message = parsed.data;
    if (message.type === "ready") return this.#becomeReady();
    const handler = this.#instances.get(message.instance);
    // An instance is removed when its worker has ended: `exited` is its last message.
    if (!handler) return this.#violated("a message of an instance that does not exist");
    handler.onMessage(message);
  }

  #becomeReady(): void {
    if (this.#saidReady) return this.#violated("a second `ready`");
    this.#saidReady = true;
    this.#setReady(true);
  }

  /** An instance broke a rule that only the process can break. */
  violated(what: string): void {
    this.#violated(what);
  }

  #violated(what: string): void {
    if (this.#condemned) return;
    this.#condemned = true;
    this.#events.onViolation(`the plugin-host process sent ${what}; it is killed`);
    this.#transport.kill();
  }

  #exited(reason: string): void {
    if (this.#lost !== undefined) return;
    this.#lost = reason;
    this.#setReady(false);
    for (const patience of this.#terminating.values()) patience[Symbol.dispose]();
    this.#terminating.clear();
    const instances = [...this.#instances.values()];
    this.#instances.clear();
    for (const instance of instances) instance.onLost(reason);
    this.#events.onLost(reason);
  }
}

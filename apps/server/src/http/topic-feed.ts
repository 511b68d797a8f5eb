import { DisposableStore, type Clock, type Disposable } from "@novywave/base";
import { topics, type StateMessage, type Topic } from "@novywave/protocol";
import type { ServerApi } from "./api.js";

/** Milliseconds between two states of one topic to one client; what lies between is skipped, the last one never. */
const minIntervalMs = 30;

export interface TopicFeedOptions {
  readonly topics: ServerApi["topics"];
  readonly clock: Clock;
  readonly send: (message: StateMessage) => void;
  /** Whether the client takes more at the moment; when it does again, {@link TopicFeed.resume} is called. */
  readonly ready: () => boolean;
}

/** Sends one client the state of every topic, then what changed: the newest only, never faster than it can take. */
export class TopicFeed implements Disposable {
  readonly #options: TopicFeedOptions;
  readonly #store = new DisposableStore();
  readonly #changed = new Set<Topic>();
  readonly #notBefore = new Map<Topic, number>();
  #timer: Disposable | undefined;
  #started = false;

  constructor(options: TopicFeedOptions) {
    this.#options = options;
  }

  /** Sends every topic, in the order of {@link topics}, and follows them. */
  start(): void {
    for (const topic of topics) this.#follow(topic);
    this.#started = true;
    this.#flush();
  }

  /** The client takes more again. */
  resume(): void {
    if (this.#started) this.#flush();
  }

  [Symbol.dispose](): void {
    this.#changed.clear();
    this.#store[Symbol.dispose]();
  }

  #follow(topic: Topic): void {
    this.#changed.add(topic);
    this.#store.add(
      this.#options.topics[topic].subscribe(() => {
        this.#changed.add(topic);
        if (this.#started) this.#flush();
      }),
    );
  }

  #flush(): void {
    const { clock } = this.#options;
    const now = clock.monotonic();
    let next = Infinity;
    for (const topic of topics) {
      if (!this.#changed.has(topic)) continue;
      const due = this.#notBefore.get(topic) ?? -Infinity;
      if (due > now) {
        next = Math.min(next, due);
        continue;
      }
      if (!this.#options.ready()) return;
      this.#changed.delete(topic);
      this.#notBefore.set(topic, now + minIntervalMs);
      this.#options.send(this.#message(topic));
    }
    if (next === Infinity || this.#timer) return;
    const timer = this.#store.add(
      clock.schedule(Math.ceil(next - now), () => {
        this.#store.release(timer);
        this.#timer = undefined;
        this.#flush();
      }),
    );
    this.#timer = timer;
  }

  #message(topic: Topic): StateMessage {
    // Topic and value come from one table, which the type of a lookup by union cannot express.
    return { type: "state", topic, value: this.#options.topics[topic].current } as StateMessage;
  }
}

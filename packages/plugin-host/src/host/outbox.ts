import { assertNever, err, ok, type Result } from "@novywave/base";
import { limitKey, type PluginLimits } from "../limits.js";
import type { PublishedEvent } from "./types.js";

/**
 * What a guest publishes during a call, kept until the call has come to its end. A call that traps, hangs or goes down
 * with the process has published nothing, so that it can be made again without telling anything twice.
 */
export class Outbox {
  readonly #emit: (event: PublishedEvent) => void;
  readonly #maxEvents: number;
  readonly #maxBytes: number;
  #events: PublishedEvent[] = [];
  #bytes = 0;

  constructor(limits: PluginLimits, emit: (event: PublishedEvent) => void) {
    this.#emit = emit;
    this.#maxEvents = limits.publishesPerCall;
    this.#maxBytes = limits.liftedMib * 1024 * 1024;
  }

  /** Keeps an event; the error names the limit that leaves no room for it. */
  add(event: PublishedEvent): Result<void, string> {
    const bytes = sizeOf(event);
    if (this.#events.length >= this.#maxEvents) {
      return err(
        `one call publishes at most ${this.#maxEvents} events (limit ${limitKey("publishesPerCall")})`,
      );
    }
    if (this.#bytes + bytes > this.#maxBytes) {
      return err(`one call publishes at most ${this.#maxBytes} bytes (limit ${limitKey("liftedMib")})`);
    }
    this.#events.push(event);
    this.#bytes += bytes;
    return ok();
  }

  /** The call has come to its end: what it published is told, in order. */
  commit(): void {
    for (const event of this.#take()) this.#emit(event);
  }

  /** The call never came to its end. */
  drop(): void {
    this.#take();
  }

  #take(): readonly PublishedEvent[] {
    const events = this.#events;
    this.#events = [];
    this.#bytes = 0;
    return events;
  }
}

function sizeOf({ event }: PublishedEvent): number {
  switch (event.tag) {
    case "log":
      return event.val.length;
    case "discovery":
      return length(event.val.discovered);
    case "refresh-timeline":
      return length(event.val);
    default:
      return assertNever(event);
  }
}

function length(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + text.length + 16, 64);
}

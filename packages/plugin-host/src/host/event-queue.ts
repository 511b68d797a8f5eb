import { err, ok, type Result } from "@novywave/base";
import { maxPaths } from "../broker/watches.js";
import type { PluginFailure } from "../failure.js";
import type { GuestEvent } from "./guest-event.js";

type Waiter = (result: Result<void, PluginFailure>) => void;

interface Queued {
  event: GuestEvent;
  readonly waiters: Waiter[];
}

/**
 * Events that wait for the guest, bounded. Changes of one subscription are merged (sorted, once each), and of
 * configurations only the newest counts, at its first place in the queue; ticks stay apart. That other files are open is
 * told once.
 */
export class EventQueue {
  readonly #capacity: number;
  readonly #collapse: (subscription: bigint) => readonly string[];
  #items: Queued[] = [];

  /** `collapse` answers with the folders of a subscription, which stand for more changes than fit. */
  constructor(capacity: number, collapse: (subscription: bigint) => readonly string[]) {
    this.#capacity = capacity;
    this.#collapse = collapse;
  }

  get length(): number {
    return this.#items.length;
  }

  /** Adds an event; answers false, and tells the waiter, if there is no room. */
  push(event: GuestEvent, waiter?: Waiter): boolean {
    const merged = this.#items.find((item) => canMerge(item.event, event));
    if (merged) {
      merged.event = this.#merge(merged.event, event);
      if (waiter) merged.waiters.push(waiter);
      return true;
    }
    if (this.#items.length >= this.#capacity) {
      waiter?.(
        err({
          code: "limit",
          message: `${this.#capacity} events wait for the plugin already (limit queued_events)`,
          export: "handle-event",
        }),
      );
      return false;
    }
    this.#items.push({ event, waiters: waiter ? [waiter] : [] });
    return true;
  }

  #merge(queued: GuestEvent, event: GuestEvent): GuestEvent {
    if (queued.tag !== "filesystem-change" || event.tag !== "filesystem-change") return event;
    const { subscriptionId } = queued.val;
    const paths = [...new Set([...queued.val.paths, ...event.val.paths])].sort();
    const fitting = paths.length > maxPaths ? this.#collapse(subscriptionId) : paths;
    return { tag: "filesystem-change", val: { subscriptionId, paths: fitting } };
  }

  /** The next event, with a function that tells its waiters how it went. */
  shift(): { readonly event: GuestEvent; readonly settle: Waiter } | undefined {
    const next = this.#items.shift();
    if (!next) return undefined;
    return {
      event: next.event,
      settle: (result) => {
        for (const waiter of next.waiters) waiter(result);
      },
    };
  }

  /** What waits, in order. */
  get events(): readonly GuestEvent[] {
    return this.#items.map(({ event }) => event);
  }

  /** Drops everything and tells the waiters why; without a failure they are told that all is well. */
  clear(failure: PluginFailure | undefined): void {
    const items = this.#items;
    this.#items = [];
    for (const { waiters } of items) for (const waiter of waiters) waiter(failure ? err(failure) : ok());
  }
}

function canMerge(queued: GuestEvent, event: GuestEvent): boolean {
  if (queued.tag === "filesystem-change" && event.tag === "filesystem-change") {
    return queued.val.subscriptionId === event.val.subscriptionId;
  }
  return queued.tag === event.tag && (event.tag === "config-updated" || event.tag === "opened-files-changed");
}

/** The paths of changes among the events, sorted, once each. */
export function changedPaths(events: readonly GuestEvent[]): readonly string[] {
  const paths = events.flatMap((event) => (event.tag === "filesystem-change" ? event.val.paths : []));
  return [...new Set(paths)].sort();
}

import { err, ok, type Result } from "@novywave/base";
import { maxPaths } from "../broker/watches.js";
import type { PluginFailure } from "../failure.js";
import type { GuestEvent } from "./guest-event.js";

type Waiter = (result: Result<void, PluginFailure>) => void;

interface Queued {
  event: GuestEvent;
  /** Its paths are not known yet: nothing behind it goes before it. */
  checking: boolean;
  readonly waiters: Waiter[];
}

/**
 * Events that wait for the guest in the order in which they came, bounded. Changes of one subscription are merged
 * (sorted, once each), and of configurations only the newest counts, each at its first place in the queue; ticks stay
 * apart. That other files are open is told once. A change has its place from when it was reported on, also while its
 * paths are checked.
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
    const merged = this.#items.find((item) => !item.checking && canMerge(item.event, event));
    if (merged) {
      merged.event = this.#merge(merged.event, event);
      if (waiter) merged.waiters.push(waiter);
      return true;
    }
    if (this.#isFull(waiter)) return false;
    this.#items.push({ event, checking: false, waiters: waiter ? [waiter] : [] });
    return true;
  }

  /**
   * Keeps a place for a change whose paths are still checked. The answer is to be called with those that the guest may
   * know of: none give the place up. It is undefined, and the waiter told, if there is no room.
   */
  keepPlace(subscriptionId: bigint, waiter?: Waiter): ((paths: readonly string[]) => void) | undefined {
    const event: GuestEvent = { tag: "filesystem-change", val: { subscriptionId, paths: [] } };
    // One that will be merged takes up no room in the end.
    const merges = this.#items.some((item) => canMerge(item.event, event));
    if (!merges && this.#isFull(waiter)) return undefined;
    const place: Queued = { event, checking: true, waiters: waiter ? [waiter] : [] };
    this.#items.push(place);
    return (paths) => this.#fill(place, { tag: "filesystem-change", val: { subscriptionId, paths } });
  }

  #fill(place: Queued, event: GuestEvent & { tag: "filesystem-change" }): void {
    // It was cleared meanwhile.
    if (!this.#items.includes(place)) return;
    if (event.val.paths.length === 0) {
      this.#remove(place);
      for (const waiter of place.waiters) waiter(ok());
      return;
    }
    place.event = event;
    place.checking = false;
    const [first, second] = this.#items.filter((item) => !item.checking && canMerge(item.event, event));
    if (!first || !second) return;
    first.event = this.#merge(first.event, second.event);
    first.waiters.push(...second.waiters);
    this.#remove(second);
  }

  #remove(removed: Queued): void {
    this.#items = this.#items.filter((item) => item !== removed);
  }

  #isFull(waiter: Waiter | undefined): boolean {
    if (this.#items.length < this.#capacity) return false;
    waiter?.(
      err({
        code: "limit",
        message: `${this.#capacity} events wait for the plugin already (limit queued_events)`,
        export: "handle-event",
      }),
    );
    return true;
  }

  #merge(queued: GuestEvent, event: GuestEvent): GuestEvent {
    if (queued.tag !== "filesystem-change" || event.tag !== "filesystem-change") return event;
    const { subscriptionId } = queued.val;
    const paths = [...new Set([...queued.val.paths, ...event.val.paths])].sort();
    const fitting = paths.length > maxPaths ? this.#collapse(subscriptionId) : paths;
    return { tag: "filesystem-change", val: { subscriptionId, paths: fitting } };
  }

  /** The next event, unless it is still checked, with a function that tells its waiters how it went. */
  shift(): { readonly event: GuestEvent; readonly settle: Waiter } | undefined {
    const [next] = this.#items;
    if (!next || next.checking) return undefined;
    this.#items.shift();
    return {
      event: next.event,
      settle: (result) => {
        for (const waiter of next.waiters) waiter(result);
      },
    };
  }

  /** What waits, in order; a change that is still checked is without paths. */
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

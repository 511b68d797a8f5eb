import type { ChangeNotification } from "@novywave/plugin-sdk/guest";
import type { Settings } from "./settings.js";

/** What the plugin needs of the host, so that tests can stand in for it. */
export interface ReloaderHost {
  subscribe(directories: readonly string[], debounceMs: number): number;
  unsubscribe(subscriptionId: number): void;
  scheduleTick(delayMs: number): void;
  publishRefresh(paths: readonly string[]): void;
  readonly log: { info(message: string): void; warn(message: string): void };
}

/** Collects changed waveform files and asks for one refresh after N changes or T milliseconds, whichever is first. */
export class Reloader {
  readonly #host: ReloaderHost;
  #settings: Settings;
  #subscription: number | undefined;
  /** The host follows the entry's `watch` table for us: a change came in that we did not subscribe to. */
  #seeded = false;
  /** Our own subscription, after it was given up for the table's; a change of it may still be on its way. */
  #givenUp: number | undefined;
  readonly #pending = new Set<string>();
  #changes = 0;
  #tickDue = false;

  constructor(host: ReloaderHost, settings: Settings) {
    this.#host = host;
    this.#settings = settings;
  }

  /** Starts to watch; returns the status message. */
  start(): string {
    const { directories, batchEvents, batchMs, debounceMs } = this.#settings;
    const wanted = directories ?? (this.#seeded ? [] : ["."]);
    if (wanted.length > 0) {
      try {
        this.#subscription = this.#host.subscribe(wanted, debounceMs);
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        this.#host.log.warn(`changes are not seen: ${reason}`);
        return `Cannot watch ${wanted.join(", ")}: ${reason}`;
      }
    }
    return `Refreshes after ${batchEvents} changes or ${batchMs} ms`;
  }

  reconfigure(settings: Settings): void {
    this.stop();
    this.#settings = settings;
    this.start();
  }

  stop(): void {
    if (this.#subscription !== undefined) this.#host.unsubscribe(this.#subscription);
    this.#subscription = undefined;
  }

  onChange(change: ChangeNotification): void {
    this.#noticeSeed(change.subscriptionId);
    if (change.subscriptionId === this.#givenUp) return;
    for (const path of change.paths) {
      if (!this.#settings.extensions.includes(extensionOf(path.replace(/\.gz$/i, "")))) continue;
      this.#pending.add(path);
      this.#changes++;
    }
    if (this.#pending.size === 0) return;
    if (this.#changes >= this.#settings.batchEvents || this.#settings.batchMs === 0) this.#refresh();
    else this.#scheduleTick();
  }

  onTick(): void {
    this.#tickDue = false;
    if (this.#pending.size > 0) this.#refresh();
  }

  /** With a `watch` table and no folders of its own configured, each change would come in twice: keep the table's. */
  #noticeSeed(subscriptionId: number): void {
    if (this.#subscription === undefined || subscriptionId === this.#subscription) return;
    this.#seeded = true;
    if (this.#settings.directories !== undefined) return;
    this.#givenUp = this.#subscription;
    this.stop();
  }

  #scheduleTick(): void {
    if (this.#tickDue) return;
    try {
      this.#host.scheduleTick(this.#settings.batchMs);
      this.#tickDue = true;
    } catch {
      // Too many timers: rather early than never.
      this.#refresh();
    }
  }

  #refresh(): void {
    const paths = [...this.#pending].sort();
    this.#pending.clear();
    this.#changes = 0;
    this.#host.publishRefresh(paths);
    this.#host.log.info(`refresh of ${paths.length === 1 ? paths[0] : `${paths.length} files`}`);
  }
}

/** Lower case, without the dot; empty if there is none. */
function extensionOf(path: string): string {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const dot = name.lastIndexOf(".");
  return dot < 0 ? "" : name.slice(dot + 1).toLowerCase();
}

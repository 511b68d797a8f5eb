import type { FindOptions, FoundFiles } from "@novywave/plugin-sdk/guest";
import type { Settings } from "./settings.js";

/** What the scanner needs of the host, so that tests can stand in for it. */
export interface ScannerHost {
  findFiles(options: FindOptions): FoundFiles;
  subscribe(directories: readonly string[], debounceMs: number): number;
  unsubscribe(subscriptionId: number): void;
  publishDiscovery(paths: readonly string[]): void;
  readonly log: { debug(message: string): void; info(message: string): void; warn(message: string): void };
}

/** Keeps the published list of waveform files equal to what is on the disk. */
export class Scanner {
  readonly #host: ScannerHost;
  #settings: Settings;
  #subscriptions: readonly number[] = [];
  #published: readonly string[] | undefined;
  #notes = "";

  constructor(host: ScannerHost, settings: Settings) {
    this.#host = host;
    this.#settings = settings;
  }

  /** Watches first, then scans: what changes in between is scanned twice rather than missed. */
  start(): string {
    this.#watch();
    return this.scan();
  }

  reconfigure(settings: Settings): void {
    this.stop();
    this.#settings = settings;
    this.start();
  }

  stop(): void {
    for (const id of this.#subscriptions) this.#host.unsubscribe(id);
    this.#subscriptions = [];
  }

  /** Scans all folders, publishes the whole list if it is another than before, and returns its summary. */
  scan(): string {
    const found = new Set<string>();
    const notes: string[] = [];
    const unreadable: string[] = [];
    for (const directory of this.#settings.directories) {
      try {
        const { extensions, exclude, maxDepth } = this.#settings;
        const result = this.#host.findFiles({ directory, extensions, exclude, maxDepth });
        for (const path of result.paths) found.add(path);
        notes.push(...result.notes);
      } catch (error) {
        // One folder that is gone or not granted must not hide what the others hold.
        notes.push(`${directory}: ${messageOf(error)}`);
        unreadable.push(directory);
      }
    }
    const paths = [...found].sort();
    const text = summary(paths) + (unreadable.length > 0 ? `; cannot read ${unreadable.join(", ")}` : "");
    this.#sayNotes(notes);
    if (this.#published !== undefined && equal(this.#published, paths)) {
      this.#host.log.debug(`nothing new: ${text}`);
      return text;
    }
    this.#host.publishDiscovery(paths);
    this.#published = paths;
    this.#host.log.info(text);
    return text;
  }

  /** All folders in one subscription; if one of them cannot be watched, each in its own. */
  #watch(): void {
    const { directories, debounceMs } = this.#settings;
    try {
      this.#subscriptions = [this.#host.subscribe(directories, debounceMs)];
    } catch (error) {
      if (directories.length === 1) this.#host.log.warn(`changes are not seen: ${messageOf(error)}`);
      else this.#subscriptions = directories.flatMap((directory) => this.#watchOne(directory));
    }
  }

  #watchOne(directory: string): readonly number[] {
    try {
      return [this.#host.subscribe([directory], this.#settings.debounceMs)];
    } catch (error) {
      this.#host.log.warn(`changes in ${directory} are not seen: ${messageOf(error)}`);
      return [];
    }
  }

  /** Says what was left out, once as long as it stays the same. */
  #sayNotes(notes: readonly string[]): void {
    const text = notes.join("; ");
    if (text !== "" && text !== this.#notes) this.#host.log.warn(text);
    this.#notes = text;
  }
}

/** `12 waveforms in 3 folders`. */
export function summary(paths: readonly string[]): string {
  if (paths.length === 0) return "no waveforms found";
  const folders = new Set(paths.map((path) => path.slice(0, path.lastIndexOf("/") + 1)));
  return `${count(paths.length, "waveform")} in ${count(folders.size, "folder")}`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

function equal(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((item, index) => item === b[index]);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

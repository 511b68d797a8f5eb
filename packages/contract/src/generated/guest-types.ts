// Made from plugins/wit by packages/contract/generate.js; do not edit.

/** A point in time: seconds and nanoseconds since the Unix epoch. */
export interface Timestamp {
  readonly seconds: number;
  /** 0 to 999 999 999. */
  readonly nanoseconds: number;
}

export type EntryKind = "file" | "directory";

/** One entry of a folder. */
export interface DirectoryEntry {
  /** Absolute path, inside a granted folder. */
  readonly path: string;
  readonly kind: EntryKind;
}

export interface FileMetadata {
  readonly path: string;
  readonly kind: EntryKind;
  /** Bytes; 0 for a directory. */
  readonly size: number;
  readonly modified: Timestamp;
}

/** What changed in folders that a plugin watches. Paths are absolute, sorted, without duplicates. */
export interface ChangeNotification {
  readonly subscriptionId: number;
  readonly paths: readonly string[];
}

/** One top-level key of the entry's `config` table; the value is JSON text. */
export interface ConfigEntry {
  readonly key: string;
  readonly value: string;
}

export type ConfigData = readonly ConfigEntry[];

/** What the host tells a plugin. */
export type HostEvent =
  /** A timer that the plugin asked for with `timer.schedule-tick` fell due. */
  | { readonly tag: "tick" }
  | { readonly tag: "filesystem-change"; readonly val: ChangeNotification }
  | { readonly tag: "config-updated"; readonly val: ConfigData };

export type LogLevel = "trace" | "debug" | "info" | "warn" | "error";

/** Waveform files that a plugin found. The list is whole: it replaces what the plugin published before. */
export interface DiscoveryPayload {
  /** Overwritten by the host with the id of the publishing plugin. */
  readonly pluginId: string;
  /** Absolute paths inside granted folders. */
  readonly discovered: readonly string[];
}

/** What a plugin tells the host, through `relay.publish`. */
export type PluginEvent =
  | { readonly tag: "discovery"; readonly val: DiscoveryPayload }
  | { readonly tag: "log"; readonly val: string }
  /** Read these files again; empty means all that are open. */
  | { readonly tag: "refresh-timeline"; readonly val: readonly string[] };

export interface PluginMetadata {
  readonly version: string;
  /** Shown to the person as the plugin's status message. */
  readonly description: string;
  /** The capabilities that the plugin uses. */
  readonly capabilities: readonly string[];
  /** JSON Schema of the entry's `config` table. */
  readonly configSchema?: string | null | undefined;
}

/** Why a plugin could not do what it was asked. */
export type PluginError =
  /** The configuration is not usable: which key, and what was expected. */
  | { readonly tag: "invalid-config"; readonly val: string }
  /** Something outside the plugin failed. */
  | { readonly tag: "io"; readonly val: string }
  /** Anything else. */
  | { readonly tag: "failed"; readonly val: string };

/** The plugin's own configuration. Needs the capability `config`. */
export interface Config {
  /** The `config` table of the plugin's entry, as it is now. */
  get(): ConfigData;
}

export type FilesystemError =
  /** No such path, or not inside a granted folder: the two are not told apart. */
  | { readonly tag: "not-found" }
  | { readonly tag: "not-a-directory" }
  | { readonly tag: "invalid-path"; readonly val: string }
  /** The host may not read it. */
  | { readonly tag: "not-readable" }
  /** A limit of the host was reached; the text names it. */
  | { readonly tag: "limit-reached"; readonly val: string }
  | { readonly tag: "io"; readonly val: string };

export interface FindQuery {
  readonly directory: string;
  /** Extensions without the dot, compared without case; empty means any. */
  readonly extensions: readonly string[];
  /** Glob patterns over the path relative to `directory`; empty means any. */
  readonly globs: readonly string[];
  /** Glob patterns of files and folders that are left out, folders with all below them; besides those of the host. */
  readonly exclude: readonly string[];
  /** How many folders deep: 0 means the files of `directory` itself, none as deep as the host allows. */
  readonly maxDepth?: number | null | undefined;
  /** Where to go on: `next` of the page before, none for the first page. */
  readonly cursor?: string | null | undefined;
  /** Paths a page, at most 10 000. */
  readonly limit: number;
}

export interface FindPage {
  /** Absolute, sorted. */
  readonly paths: readonly string[];
  /** None on the last page. */
  readonly next?: string | null | undefined;
  /** What the host left out and why: a depth, count or time limit, an excluded or unreadable folder. */
  readonly notes: readonly string[];
}

/** Folders and files, without their contents. Needs the capability `filesystem`. */
export interface Filesystem {
  /**
   * The entries of `directory`, sorted by path. A relative path is relative to the workspace.
   * @throws {FilesystemError} the payload of the error
   */
  listDir(directory: string): readonly DirectoryEntry[];
  /**
   * What `path` is, how large and how old.
   * @throws {FilesystemError} the payload of the error
   */
  readMetadata(path: string): FileMetadata;
  /**
   * Files below a folder. The host walks and filters, so that a large tree does not cross the boundary entry by entry.
   * @throws {FilesystemError} the payload of the error
   */
  findFiles(query: FindQuery): FindPage;
}

/** What a plugin exports. */
export interface Lifecycle {
  /**
   * Called once, before anything else.
   * @throws {PluginError} the payload of the error
   */
  init(config: ConfigData): PluginMetadata;
  /**
   * Called for each event, one at a time.
   * @throws {PluginError} the payload of the error
   */
  handleEvent(event: HostEvent): void;
  /** Called once, last. */
  shutdown(): void;
}

/** Structured logging. Needs the capability `logging`. */
export interface Logging {
  /** Writes one record to the plugin's log. Never fails; what exceeds the limit is counted and dropped. */
  log(level: LogLevel, message: string): void;
}

export type PublishError =
  /** The channel is not among those that the manifest and the entry allow. */
  | { readonly tag: "channel-denied"; readonly val: string }
  /** The payload is not valid for the channel, or names a path that is not granted; the text says which. */
  | { readonly tag: "invalid-payload"; readonly val: string }
  | { readonly tag: "limit-reached"; readonly val: string };

/** The way of results into NovyWave. Needs the capability `relay`. */
export interface Relay {
  /**
   * Publishes an event. Channels: `discovery`, `log`, `refresh-timeline`, each with the event of its name.
   * @throws {PublishError} the payload of the error
   */
  publish(channel: string, event: PluginEvent): void;
}

/** The smallest plugin: no imports, no events. */
export interface Smoke {
  /** @throws {PluginError} the payload of the error */
  init(config: ConfigData): PluginMetadata;
  greet(): void;
  shutdown(): void;
}

export type TimerError =
  | { readonly tag: "limit-reached"; readonly val: string };

/** Ticks on request. Needs the capability `timer`. */
export interface Timer {
  /**
   * One `tick` event, `delay-ms` milliseconds from now at the earliest.
   * @throws {TimerError} the payload of the error
   */
  scheduleTick(delayMs: number): void;
}

export type WatchError =
  /** No such folder, or not inside a granted folder. */
  | { readonly tag: "not-found"; readonly val: string }
  | { readonly tag: "limit-reached"; readonly val: string }
  | { readonly tag: "io"; readonly val: string };

/** Changes of folders. Needs the capability `watch`. */
export interface Watch {
  /**
   * Watches folders and all below them. Changes arrive as `filesystem-change` with the id that is returned, after
   * `debounce-ms` milliseconds of quiet, coalesced.
   * @throws {WatchError} the payload of the error
   */
  subscribe(directories: readonly string[], debounceMs: number): number;
  /** Ends a subscription; unknown ids are ignored. */
  unsubscribe(subscriptionId: number): void;
}

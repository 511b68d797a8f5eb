// Made from plugins/wit by packages/contract/generate.js; do not edit.

declare module "novywave:plugins/config@0.1.0" {
  import type { ConfigData } from "@novywave/contract/guest";
  /** The `config` table of the plugin's entry, as it is now. */
  export function get(): ConfigData;
}

declare module "novywave:plugins/filesystem@0.1.0" {
  import type { DirectoryEntry, FileMetadata, FilesystemError, FindQuery, FindPage } from "@novywave/contract/guest";
  /**
   * The entries of `directory`, sorted by path. A relative path is relative to the workspace.
   * @throws {FilesystemError} the payload of the error
   */
  export function listDir(directory: string): readonly DirectoryEntry[];
  /**
   * What `path` is, how large and how old.
   * @throws {FilesystemError} the payload of the error
   */
  export function readMetadata(path: string): FileMetadata;
  /**
   * Files below a folder. The host walks and filters, so that a large tree does not cross the boundary entry by entry.
   * @throws {FilesystemError} the payload of the error
   */
  export function findFiles(query: FindQuery): FindPage;
}

declare module "novywave:plugins/logging@0.1.0" {
  import type { LogLevel } from "@novywave/contract/guest";
  /** Writes one record to the plugin's log. Never fails; what exceeds the limit is counted and dropped. */
  export function log(level: LogLevel, message: string): void;
}

declare module "novywave:plugins/relay@0.1.0" {
  import type { PluginEvent, PublishError } from "@novywave/contract/guest";
  /**
   * Publishes an event. Channels: `discovery`, `log`, `refresh-timeline`, each with the event of its name.
   * @throws {PublishError} the payload of the error
   */
  export function publish(channel: string, event: PluginEvent): void;
}

declare module "novywave:plugins/timer@0.1.0" {
  import type { TimerError } from "@novywave/contract/guest";
  /**
   * One `tick` event, `delay-ms` milliseconds from now at the earliest.
   * @throws {TimerError} the payload of the error
   */
  export function scheduleTick(delayMs: number): void;
}

declare module "novywave:plugins/watch@0.1.0" {
  import type { WatchError } from "@novywave/contract/guest";
  /**
   * Watches folders and all below them. Changes arrive as `filesystem-change` with the id that is returned, after
   * `debounce-ms` milliseconds of quiet, coalesced.
   * @throws {WatchError} the payload of the error
   */
  export function subscribe(directories: readonly string[], debounceMs: number): number;
  /** Ends a subscription; unknown ids are ignored. */
  export function unsubscribe(subscriptionId: number): void;
}

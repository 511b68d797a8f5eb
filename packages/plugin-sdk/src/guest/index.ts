// What a plugin's code imports. Runs inside the component; resolved by the build, not by the plugin's folder.
export { InvalidConfigError, PluginConfig } from "./config.js";
export type { PluginConsole } from "./console.js";
export { currentConfig } from "./current-config.js";
export {
  definePlugin,
  defineSmokePlugin,
  type LifecycleExports,
  type PluginDefinition,
  type PluginEvent,
  type SmokeDefinition,
  type SmokeExports,
} from "./define.js";
export * as filesystem from "./filesystem.js";
export type { FindOptions, FoundFiles } from "./filesystem.js";
export { HostError } from "./host-error.js";
export * as log from "./logging.js";
export * as relay from "./relay.js";
export * as timer from "./timer.js";
export * as watch from "./watch.js";
export type {
  ChangeNotification,
  DirectoryEntry,
  EntryKind,
  FileMetadata,
  LogLevel,
  Timestamp,
} from "@novywave/contract/guest";

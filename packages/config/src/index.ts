export { editDocument } from "./edit/edit-document.js";
export type { ConfigEdit, EditPath } from "./edit/model.js";
export type { EditRefused, EditRefusedCode } from "./edit/refusal.js";
export {
  ConfigFile,
  type ConfigEdits,
  type ConfigFileOptions,
  type LoadedConfig,
} from "./file/config-file.js";
export type { ConfigFs, ProcessInfo } from "./file/host.js";
export { hashOf } from "./file/read.js";
export { defaultDocument } from "./schema/default-document.js";
export { formatConfigError, type ConfigError, type ConfigErrorCode } from "./schema/error.js";
export { defaultConfig, parseConfig, type WorkspaceConfig } from "./schema/parse-config.js";
export {
  samePluginEntry,
  samePluginsSection,
  SCHEMA_VERSION,
  type PluginEntry,
  type PluginLimitsConfig,
  type PluginsSection,
  type WatchSettings,
} from "./schema/plugins.js";
export { THEMES, type Theme, type UiSettings } from "./schema/ui.js";
export { workspaceEdits } from "./schema/workspace.js";
export type { FileCursor, SelectedVariable, WorkspaceView } from "./schema/workspace.js";
export type { Position } from "./toml/position.js";
export { stringifyJson, type TomlValue } from "./toml/value.js";

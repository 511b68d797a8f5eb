export { editDocument } from "./edit/edit-document.js";
export type { ConfigEdit, EditPath } from "./edit/model.js";
export type { EditRefused, EditRefusedCode } from "./edit/refusal.js";
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
export type { FileCursor, SelectedVariable, WorkspaceView } from "./schema/workspace.js";
export type { Position } from "./toml/position.js";
export { stringifyJson, type TomlValue } from "./toml/value.js";

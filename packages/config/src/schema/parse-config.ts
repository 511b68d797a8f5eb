import { assert, err, ok, type Result } from "@novywave/base";
import { parseToml } from "../toml/parse.js";
import { isTable, type TomlTable } from "../toml/value.js";
import { defaultDocument } from "./default-document.js";
import type { ConfigError } from "./error.js";
import { readPlugins, SCHEMA_VERSION, type PluginsSection } from "./plugins.js";
import { Reader } from "./reader.js";
import { defaultUi, readUi, type UiSettings } from "./ui.js";
import { emptyWorkspace, readWorkspace, type WorkspaceView } from "./workspace.js";

/** A `.novywave` file, read and checked. */
export interface WorkspaceConfig {
  /** `[plugins] schema_version` as found; 0 when absent. */
  readonly schemaVersion: number;
  readonly plugins: PluginsSection;
  readonly workspace: WorkspaceView;
  readonly ui: UiSettings;
}

/**
 * Reads the text of a `.novywave`. Without a `[plugins]` table the plugins that ship with the program apply. Unknown keys
 * are tolerated, except where they would be policy (`watch`, `limits`). All errors are told, not only the first.
 */
export function parseConfig(text: string): Result<WorkspaceConfig, readonly ConfigError[]> {
  const parsed = parseToml(text);
  if (!parsed.ok) return err([{ code: "syntax", ...parsed.error }]);
  const document = parsed.value;
  const reader = new Reader(text);
  const newer = newerVersion(document);
  if (newer !== undefined) return err([newerVersionError(reader, newer)]);
  const plugins = reader.table(document, "plugins", []);
  const workspace = reader.table(document, "workspace", []);
  const ui = reader.table(document, "ui", []);
  const section = plugins ? readPlugins(reader, plugins) : shippedPlugins();
  const config: WorkspaceConfig = {
    schemaVersion: section.schemaVersion,
    plugins: section,
    workspace: workspace ? readWorkspace(reader, workspace) : emptyWorkspace(),
    ui: ui ? readUi(reader, ui) : defaultUi(),
  };
  return reader.errors.length > 0 ? err(reader.errors) : ok(config);
}

/** What applies in a folder without a `.novywave`: {@link defaultDocument}, read. */
export function defaultConfig(): WorkspaceConfig {
  const config = parseConfig(defaultDocument());
  assert(config.ok, "the default document is valid");
  return config.value;
}

/** The `schema_version` of a document that only a newer program can read. */
function newerVersion(document: TomlTable): bigint | undefined {
  const plugins = document.get("plugins");
  const version = isTable(plugins) ? plugins.get("schema_version") : undefined;
  return typeof version === "bigint" && version > BigInt(SCHEMA_VERSION) ? version : undefined;
}

function shippedPlugins(): PluginsSection {
  return { ...defaultConfig().plugins, schemaVersion: 0 };
}

function newerVersionError(reader: Reader, version: bigint): ConfigError {
  return {
    code: "schema-version-newer",
    message:
      `this file has schema_version ${version}, this program knows versions up to ${SCHEMA_VERSION}; ` +
      "it was left untouched: update the program, or open the folder with the one that wrote it",
    ...reader.place(["plugins", "schema_version"]),
    path: "plugins.schema_version",
    expected: `a number from 0 to ${SCHEMA_VERSION}`,
    found: String(version),
  };
}

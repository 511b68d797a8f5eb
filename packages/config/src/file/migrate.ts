import { assert, ok, type Result } from "@novywave/base";
import { editDocument } from "../edit/edit-document.js";
import type { ConfigEdit } from "../edit/model.js";
import type { EditRefused } from "../edit/refusal.js";
import { defaultDocument } from "../schema/default-document.js";
import { SCHEMA_VERSION } from "../schema/plugins.js";
import { parseToml } from "../toml/parse.js";
import { isTable, toEditValue, type TomlTable } from "../toml/value.js";

/** The version of a document: `[plugins] schema_version`, 0 without one, `undefined` if it is no version. */
export function versionOf(document: TomlTable): bigint | undefined {
  const plugins = document.get("plugins");
  if (plugins === undefined) return 0n;
  const version = isTable(plugins) ? (plugins.get("schema_version") ?? 0n) : undefined;
  return typeof version === "bigint" && version >= 0n ? version : undefined;
}

/**
 * The text of an older version in the present one. From 0 to 1: the version is written down; a document without
 * `[plugins]` gets the plugins that applied to it, those that ship with the program.
 */
export function migrate(text: string, document: TomlTable): Result<string, EditRefused> {
  const version = versionOf(document);
  assert(version !== undefined, "the version was checked");
  if (version >= BigInt(SCHEMA_VERSION)) return ok(text);
  if (text.trim() === "") return ok(defaultDocument());
  const edits: ConfigEdit[] = [];
  if (!document.has("plugins")) {
    const shipped = parseToml(defaultDocument());
    assert(shipped.ok, "the default document is valid");
    const plugins = shipped.value.get("plugins");
    assert(plugins !== undefined, "the default document has plugins");
    edits.push({ path: ["plugins"], value: toEditValue(plugins) });
  }
  edits.push({ path: ["plugins", "schema_version"], value: SCHEMA_VERSION });
  return editDocument(text, edits);
}

import { readFile } from "node:fs/promises";
import { WORLDS } from "@novywave/contract";
import { TomlError, parse } from "smol-toml";
import { BuildFailure } from "./error.js";

/** What the build needs of `Plugin.toml`; the host checks the whole of it again when it loads the plugin. */
export interface PluginManifest {
  readonly file: string;
  /** The text as it stands in the file; it goes into the component unchanged. */
  readonly text: string;
  readonly id: string;
  readonly version: string;
  readonly capabilities: readonly string[];
  readonly channels: readonly string[];
  /** JSON Schema of the entry's `config` table, as JSON text. */
  readonly configSchema: string | undefined;
}

const knownKeys = [
  "id",
  "version",
  "description",
  "authors",
  "license",
  "capabilities",
  "channels",
  "config_schema",
  "limits",
];
const knownChannels = ["discovery", "log", "refresh-timeline"];
const maxManifestBytes = 64 * 1024;

/** Reads and checks a `Plugin.toml`. Throws {@link BuildFailure}. */
export async function readManifest(file: string): Promise<PluginManifest> {
  const text = await readFile(file, "utf8");
  const fail = (message: string, action: string, line = 1): never => {
    throw new BuildFailure({ code: "manifest-invalid", message, action, file, line });
  };
  if (text.length > maxManifestBytes) fail("is larger than 64 KiB", "Shorten it.");
  let table: Record<string, unknown>;
  try {
    table = parse(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    return fail(`is no TOML: ${firstLine(error.message)}`, "Correct the line.", error.line);
  }
  const lineOf = (key: string) => lineOfKey(text, key);
  const string = (key: string): string => {
    const value = table[key];
    if (typeof value === "string" && value.trim() !== "") return value;
    return fail(`\`${key}\` is missing or no text`, `Write ${key} = "…" at the top.`, lineOf(key));
  };

  for (const key of Object.keys(table)) {
    if (!knownKeys.includes(key))
      fail(`unknown key \`${key}\``, `Known: ${knownKeys.join(", ")}.`, lineOf(key));
  }
  const id = string("id");
  if (!/^[a-z][a-z0-9_-]*(\.[a-z0-9][a-z0-9_-]*)+$/.test(id) || id.length > 128) {
    fail(`\`id\` is "${id}"`, 'Use lower-case words with a dot, such as "acme.my_plugin".', lineOf("id"));
  }
  const version = string("version");
  if (!/^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/.test(version)) {
    fail(`\`version\` is "${version}"`, 'Use three numbers, such as "0.1.0".', lineOf("version"));
  }
  string("description");
  string("license");
  if (!isStringList(table["authors"])) {
    fail("`authors` is no list of names", 'Write authors = ["…"].', lineOf("authors"));
  }
  const channels = table["channels"] ?? [];
  if (!isStringList(channels))
    return fail("`channels` is no list", 'Write channels = ["discovery"].', lineOf("channels"));
  for (const channel of channels) {
    if (!knownChannels.includes(channel)) {
      fail(`unknown channel "${channel}"`, `Channels: ${knownChannels.join(", ")}.`, lineOf("channels"));
    }
  }
  const capabilities = readCapabilities(table["capabilities"], text, fail);
  if (channels.length > 0 && !capabilities.includes("relay")) {
    fail(
      "has channels, but not the capability `relay`",
      'Add a [[capabilities]] table with name = "relay" and a reason, or remove the channels.',
      lineOf("channels"),
    );
  }
  if (capabilities.includes("relay") && channels.length === 0) {
    fail(
      "requests `relay` but names no channels, so it could publish nothing",
      `Write channels = ["discovery"] above the first [[capabilities]]; there are ${knownChannels.join(", ")}.`,
      lineOfCapability(text, capabilities.indexOf("relay")),
    );
  }
  const schema = table["config_schema"];
  if (schema !== undefined && !isTable(schema)) {
    fail("`config_schema` is no table", "Write the JSON Schema as a TOML table.", lineOf("config_schema"));
  }
  return {
    file,
    text,
    id,
    version,
    capabilities,
    channels,
    configSchema: schema === undefined ? undefined : JSON.stringify(schema),
  };
}

type Fail = (message: string, action: string, line?: number) => never;

function readCapabilities(value: unknown, text: string, fail: Fail): readonly string[] {
  if (value === undefined) return [];
  const tables = Array.isArray(value)
    ? value
    : fail("`capabilities` is no list of tables", "Write [[capabilities]].");
  const known: readonly string[] = WORLDS.plugin.imports;
  const names: string[] = [];
  for (const [index, entry] of tables.entries()) {
    const line = lineOfCapability(text, index);
    const name: unknown = isTable(entry) ? entry["name"] : undefined;
    const reason: unknown = isTable(entry) ? entry["reason"] : undefined;
    if (name === "file-contents") {
      return fail(
        "`file-contents` is for components that read files through wasi:filesystem, which what is built here does not import",
        "Remove it.",
        line,
      );
    }
    if (typeof name !== "string" || !known.includes(name)) {
      return fail(`unknown capability ${JSON.stringify(name)}`, `Capabilities: ${known.join(", ")}.`, line);
    }
    const other = isTable(entry) && Object.keys(entry).find((key) => key !== "name" && key !== "reason");
    if (typeof other === "string") {
      fail(
        `capability \`${name}\` has the unknown key \`${other}\``,
        `A capability has name and reason; keys of the plugin, such as channels, stand above the first [[capabilities]].`,
        line,
      );
    }
    if (typeof reason !== "string" || reason.trim() === "") {
      fail(`capability \`${name}\` has no reason`, "Say in one line what the plugin needs it for.", line);
    }
    if (names.includes(name)) fail(`capability \`${name}\` stands twice`, "Keep one.", line);
    names.push(name);
  }
  return names;
}

function lineOfCapability(text: string, index: number): number | undefined {
  return linesOf(text, /^\s*\[\[\s*capabilities\s*\]\]/)[index];
}

function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isStringList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0] ?? text;
}

function linesOf(text: string, pattern: RegExp): number[] {
  return text.split("\n").flatMap((line, index) => (pattern.test(line) ? [index + 1] : []));
}

/** Line where a top-level key stands, 1 if it is nowhere. */
function lineOfKey(text: string, key: string): number {
  return linesOf(text, new RegExp(`^\\s*\\[{0,2}\\s*"?${key}"?\\s*[=.\\]]`))[0] ?? 1;
}

import { isTable, sameToml, toJsonObject, type Toml, type TomlTable } from "../toml/value.js";
import type { Position } from "../toml/position.js";
import type { Path, Reader, StringRule } from "./reader.js";

/** The version of `[plugins]` that this program writes. */
export const SCHEMA_VERSION = 1;

/** `[plugins]`: which plugins there are, and what they may know and use. */
export interface PluginsSection {
  /** As found; 0 when absent. */
  readonly schemaVersion: number;
  readonly entries: readonly PluginEntry[];
}

/** One `[[plugins.entries]]`. */
export interface PluginEntry {
  /** As `novywave.hello_world`; unique. */
  readonly id: string;
  readonly enabled: boolean;
  /** Relative to the file, or `builtin:<name>` for a plugin that ships with the program. Not yet checked against the disk. */
  readonly artifactPath: string;
  /**
   * The plugin's own settings as JSON has them: dates and `nan` are strings, integers beyond 2^53 are `bigint` (see
   * `stringifyJson`). Empty when absent.
   */
  readonly config: Readonly<Record<string, unknown>>;
  readonly watch?: WatchSettings;
  /** Relay channels that it may publish on. Absent: those of its manifest. */
  readonly channels?: readonly string[];
  readonly limits?: Partial<PluginLimitsConfig>;
  /** Where the entry begins; both count from 1. */
  readonly location: Position;
}

/** Folders that are watched for a plugin from its start on. */
export interface WatchSettings {
  readonly directories: readonly string[];
  /** Milliseconds without a change before changes are told. */
  readonly debounceMs: number;
}

/** `limits`: requests of the entry. Above the defaults they need the approval of the user; this package only bounds them. */
export interface PluginLimitsConfig {
  /** MiB of WebAssembly memory, 1 to 1024. */
  readonly memoryMib: number;
  /** Milliseconds, 1 to 60 000. */
  readonly callDeadlineMs: number;
  /** Milliseconds, 1 to 60 000. */
  readonly initDeadlineMs: number;
  /** Milliseconds that the host may take for the plugin within one call, 1 to 300 000. */
  readonly hostTimeMs: number;
  /** MiB lifted from the plugin in one call, 1 to 1024. */
  readonly liftedMib: number;
  readonly hostCallsPerSecond: number;
  readonly logBytesPerMinute: number;
  readonly watchedFolders: number;
  readonly queuedEvents: number;
  readonly timers: number;
  readonly publishesPerCall: number;
  readonly findDepth: number;
  readonly findEntries: number;
  readonly findTimeMs: number;
}

/** Key in the file, name here, smallest and largest value. */
const LIMITS: readonly (readonly [key: string, name: keyof PluginLimitsConfig, min: number, max: number])[] =
  [
    ["memory_mib", "memoryMib", 1, 1024],
    ["call_deadline_ms", "callDeadlineMs", 1, 60_000],
    ["init_deadline_ms", "initDeadlineMs", 1, 60_000],
    ["host_time_ms", "hostTimeMs", 1, 300_000],
    ["lifted_mib", "liftedMib", 1, 1024],
    ["host_calls_per_second", "hostCallsPerSecond", 1, 1_000_000],
    ["log_bytes_per_minute", "logBytesPerMinute", 0, 1_000_000_000],
    ["watched_folders", "watchedFolders", 0, 100_000],
    ["queued_events", "queuedEvents", 1, 1_000_000],
    ["timers", "timers", 0, 100_000],
    ["publishes_per_call", "publishesPerCall", 0, 100_000],
    ["find_depth", "findDepth", 0, 256],
    ["find_entries", "findEntries", 1, 20_000_000],
    ["find_time_ms", "findTimeMs", 1, 300_000],
  ];

const MAX_ENTRIES = 1000;
const DEFAULT_DEBOUNCE_MS = 250;
const MAX_DEBOUNCE_MS = 3_600_000;

const ID: StringRule = {
  expected: 'an id such as "company.plugin_name" (a-z, 0-9, "_", "-", parts separated by dots)',
  maxLength: 128,
  required: true,
  test: (value) => /^[a-z0-9_-]+(\.[a-z0-9_-]+)*$/.test(value),
};

const ARTIFACT_PATH: StringRule = {
  expected: 'a path relative to this file, or "builtin:<name>"',
  maxLength: 4096,
  required: true,
  test: isArtifactPath,
};

const DIRECTORY: StringRule = {
  expected: "the path of a folder",
  maxLength: 4096,
  test: (value) => value !== "" && !value.includes("\0"),
};

const CHANNEL: StringRule = {
  expected: 'the name of a relay channel (a-z, 0-9, "_", "-", ".")',
  maxLength: 128,
  test: (value) => /^[a-z0-9_.-]+$/.test(value),
};

function isArtifactPath(value: string): boolean {
  if (value.startsWith("builtin:")) return /^builtin:[a-z0-9_-]+$/.test(value);
  const schemeOrDrive = /^[A-Za-z][A-Za-z0-9+.-]*:/;
  return value !== "" && !/^[/\\~]/.test(value) && !schemeOrDrive.test(value) && !value.includes("\0");
}

/** Reads `[plugins]`; what is wrong is reported to `reader`. */
export function readPlugins(reader: Reader, plugins: TomlTable): PluginsSection {
  const path: Path = ["plugins"];
  const found = reader.array(plugins, "entries", path, "[[plugins.entries]] tables") ?? [];
  if (found.length > MAX_ENTRIES) {
    reader.report("invalid-value", [...path, "entries"], `more than ${MAX_ENTRIES} plugins in one file`);
  }
  const entries = found
    .slice(0, MAX_ENTRIES)
    .flatMap((value, index) => readEntry(reader, value, [...path, "entries", index]) ?? []);
  refuseDuplicates(reader, entries, found);
  return { schemaVersion: reader.integer(plugins, "schema_version", path, 0, SCHEMA_VERSION) ?? 0, entries };
}

function readEntry(reader: Reader, value: Toml, path: Path): PluginEntry | undefined {
  if (!isTable(value)) return reader.invalid(path, "a table with id, enabled and artifact_path", value);
  const id = reader.string(value, "id", path, ID);
  const enabled = reader.boolean(value, "enabled", path, true);
  const artifactPath = reader.string(value, "artifact_path", path, ARTIFACT_PATH);
  const config = reader.table(value, "config", path) ?? new Map<string, Toml>();
  refuseUnsafeKeys(reader, config, [...path, "config"]);
  const watch = readWatch(reader, value, path);
  const channels = reader.strings(value, "channels", path, CHANNEL);
  const limits = readLimits(reader, value, path);
  if (id === undefined || enabled === undefined || artifactPath === undefined) return undefined;
  return {
    id,
    enabled,
    artifactPath,
    config: toJsonObject(config),
    ...(watch && { watch }),
    ...(channels && { channels }),
    ...(limits && { limits }),
    location: reader.place(path),
  };
}

function readWatch(reader: Reader, entry: TomlTable, parent: Path): WatchSettings | undefined {
  const watch = reader.table(entry, "watch", parent);
  if (!watch) return undefined;
  const path = [...parent, "watch"];
  reader.onlyKeys(watch, path, ["directories", "debounce_ms"]);
  if (!watch.has("directories")) reader.missing([...path, "directories"], "an array of folders");
  return {
    directories: reader.strings(watch, "directories", path, DIRECTORY) ?? [],
    debounceMs: reader.integer(watch, "debounce_ms", path, 0, MAX_DEBOUNCE_MS) ?? DEFAULT_DEBOUNCE_MS,
  };
}

function readLimits(reader: Reader, entry: TomlTable, parent: Path): Partial<PluginLimitsConfig> | undefined {
  const table = reader.table(entry, "limits", parent);
  if (!table) return undefined;
  const path = [...parent, "limits"];
  reader.onlyKeys(
    table,
    path,
    LIMITS.map(([key]) => key),
  );
  const limits: Partial<Record<keyof PluginLimitsConfig, number>> = {};
  for (const [key, name, min, max] of LIMITS) {
    const value = reader.integer(table, key, path, min, max);
    if (value !== undefined) limits[name] = value;
  }
  return limits;
}

function refuseDuplicates(reader: Reader, entries: readonly PluginEntry[], found: readonly Toml[]): void {
  const first = new Map<string, PluginEntry>();
  for (const entry of entries) {
    const other = first.get(entry.id);
    if (!other) {
      first.set(entry.id, entry);
      continue;
    }
    const index = found.findLastIndex((value) => isTable(value) && value.get("id") === entry.id);
    reader.report(
      "duplicate-id",
      ["plugins", "entries", index, "id"],
      `the id "${entry.id}" is used twice: by the entry in line ${other.location.line} and by the one in line ` +
        `${entry.location.line}; give one of them another id, or remove it`,
      { expected: "an id of its own", found: `"${entry.id}"`, ...entry.location },
    );
  }
}

/** A key `__proto__` is data here, but may become a prototype wherever the object is copied. */
function refuseUnsafeKeys(reader: Reader, value: Toml, path: Path): void {
  if (isTable(value)) {
    if (value.has("__proto__")) {
      reader.report("invalid-value", [...path, "__proto__"], "the key __proto__ cannot be used; rename it");
    }
    for (const [key, member] of value) refuseUnsafeKeys(reader, member, [...path, key]);
  } else if (Array.isArray(value)) {
    for (const [index, element] of value.entries()) refuseUnsafeKeys(reader, element, [...path, index]);
  }
}

/** Whether two sections say the same; where their entries stand in the file is ignored. */
export function samePluginsSection(a: PluginsSection, b: PluginsSection): boolean {
  return (
    a.schemaVersion === b.schemaVersion &&
    a.entries.length === b.entries.length &&
    a.entries.every((entry, index) => {
      const other = b.entries[index];
      return other !== undefined && samePluginEntry(entry, other);
    })
  );
}

/** Whether two entries say the same; where they stand in the file is ignored. */
export function samePluginEntry(a: PluginEntry, b: PluginEntry): boolean {
  return sameToml(comparable(a), comparable(b));
}

function comparable(entry: PluginEntry): Toml {
  const { location: _, ...rest } = entry;
  return plain(rest);
}

function plain(value: unknown): Toml {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === "object" && value !== null) {
    return new Map(Object.entries(value).map(([key, member]) => [key, plain(member)]));
  }
  if (typeof value === "bigint" || typeof value === "number" || typeof value === "boolean") return value;
  return String(value);
}

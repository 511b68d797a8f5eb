import { InvalidConfigError, type PluginConfig } from "@novywave/plugin-sdk/config";

export interface Settings {
  /** `undefined`: none configured; then the `watch` table of the entry counts, without one the workspace. */
  readonly directories: readonly string[] | undefined;
  /** Lower case, without the dot; at least one. */
  readonly extensions: readonly string[];
  /** Refresh as soon as this many changes came in. */
  readonly batchEvents: number;
  /** Refresh this long after the first change at the latest. */
  readonly batchMs: number;
  readonly debounceMs: number;
}

/** Reads the plugin's configuration. Throws `InvalidConfigError`. */
export function readSettings(config: PluginConfig): Settings {
  const extensions = config
    .strings("extensions", ["vcd", "fst", "ghw"])
    .map((extension) => extension.toLowerCase().replace(/^\./, ""));
  if (extensions.length === 0 || extensions.includes("")) {
    throw new InvalidConfigError("extensions", 'at least one extension, such as "vcd"');
  }
  return {
    directories: config.has("directories") ? config.strings("directories", []) : undefined,
    extensions,
    batchEvents: config.integer("batch_events", { default: 16, min: 1, max: 100_000 }),
    batchMs: config.integer("batch_ms", { default: 50, min: 0, max: 60_000 }),
    debounceMs: config.integer("debounce_ms", { default: 100, min: 0, max: 60_000 }),
  };
}

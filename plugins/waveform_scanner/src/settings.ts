import { InvalidConfigError, type PluginConfig } from "@novywave/plugin-sdk/config";

export interface Settings {
  /** Lower case, without the dot; each also with `.gz` behind it. */
  readonly extensions: readonly string[];
  /** As configured: absolute, or relative to the workspace. */
  readonly directories: readonly string[];
  /** `undefined`: as deep as the host allows. */
  readonly maxDepth: number | undefined;
  /** Glob patterns relative to the folder that is searched. */
  readonly exclude: readonly string[];
  readonly debounceMs: number;
}

/** Reads the plugin's configuration. Throws `InvalidConfigError`. */
export function readSettings(config: PluginConfig): Settings {
  const extensions = config.strings("extensions", ["vcd", "fst", "ghw"]).map(withoutDot);
  if (extensions.length === 0 || extensions.includes("")) {
    throw new InvalidConfigError("extensions", 'at least one extension, such as "vcd"');
  }
  const directories = config.strings("directories", ["."]);
  if (directories.includes("")) throw new InvalidConfigError("directories", 'folders; "." is the workspace');
  return {
    // Simulations are archived in gzip: run.vcd.gz.
    extensions: [...new Set([...extensions, ...extensions.map((extension) => `${extension}.gz`)])],
    directories: [...new Set(directories)],
    maxDepth: config.integer("max_depth", { default: undefined, min: 0, max: 64 }),
    exclude: config.strings("exclude", []),
    debounceMs: config.integer("debounce_ms", { default: 250, min: 0, max: 60_000 }),
  };
}

function withoutDot(extension: string): string {
  return extension.toLowerCase().replace(/^\./, "");
}

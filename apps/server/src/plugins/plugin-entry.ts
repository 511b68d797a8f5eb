/** One `[[plugins.entries]]` of the configuration, checked. */
export interface PluginEntry {
  readonly id: string;
  readonly enabled: boolean;
  /** Relative to the folder of `.novywave`, or `builtin:<name>`. */
  readonly artifactPath: string;
  /** The entry's `config` table, as JSON values. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly watch?: { readonly directories: readonly string[]; readonly debounceMs: number };
  /** Channels it may publish on; those of its manifest if absent. */
  readonly channels?: readonly string[];
  /** The entry's `limits` table, unchecked. */
  readonly limits?: Readonly<Record<string, unknown>>;
  /** Why it does not run although it is enabled, set by the program and not by the file. */
  readonly suspended?: string;
}

/** Whether nothing that matters to the running plugin differs (R6.2, R6.3). */
export function sameEntry(a: PluginEntry, b: PluginEntry): boolean {
  return JSON.stringify(canonical(a)) === JSON.stringify(canonical(b));
}

/** Plain data with sorted keys: a table means the same in any order. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== "object" || value === null) return typeof value === "bigint" ? `${value}n` : value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
      .map(([key, item]) => [key, canonical(item)]),
  );
}

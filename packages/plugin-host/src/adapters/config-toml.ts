import type { ConfigData } from "@novywave/contract";
import { stringify } from "smol-toml";

/** The entry's `config` table as TOML, with the workspace's folder as `host_base_dir`. */
export function configToml(config: ConfigData, hostBaseDir: string): string {
  const table: Record<string, unknown> = Object.create(null);
  for (const { key, value } of config) {
    const parsed: unknown = JSON.parse(value, withoutNull);
    if (parsed !== null) table[key] = parsed;
  }
  table["host_base_dir"] = hostBaseDir;
  return stringify(table);
}

/** TOML has no null: what is null is left out. */
function withoutNull(_key: string, value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((item) => item !== null);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== null));
}

import type { ConfigData } from "@novywave/contract";
import { stringify } from "smol-toml";

/** A text of JSON, or a whole number of it: no part of a fraction, and without exponent. */
const textOrInteger = /"((?:[^"\\]|\\.)*")|(?<![\d.eE+-])-?\d+(?![\d.eE])/g;
const greatest = 2n ** 63n - 1n;

/**
 * The entry's `config` table as TOML, with the workspace's folder as `host_base_dir`. Whole numbers come out exactly; those
 * that TOML has not (beyond 64 bits) as floats.
 */
export function configToml(config: ConfigData, hostBaseDir: string): string {
  const table: Record<string, unknown> = Object.create(null);
  for (const { key, value } of config) {
    const parsed = parseExactly(value);
    if (parsed !== null) table[key] = parsed;
  }
  table["host_base_dir"] = hostBaseDir;
  return stringify(table);
}

/**
 * JSON of which whole numbers that a double does not hold become a `bigint`. They are texts for `JSON.parse`, which rounds;
 * the first character says which texts are meant.
 */
function parseExactly(json: string): unknown {
  const marked = json.replace(textOrInteger, (found: string, text?: string) => {
    if (text !== undefined) return `"t${text}`;
    return isExact(found) ? found : `"i${found}"`;
  });
  return JSON.parse(marked, unmark);
}

function isExact(digits: string): boolean {
  if (Number.isSafeInteger(Number(digits))) return true;
  const value = BigInt(digits);
  return value > greatest || value < -greatest - 1n;
}

/** Takes the marks off. TOML has no null: what is null is left out. */
function unmark(_key: string, value: unknown): unknown {
  if (typeof value === "string") return value.startsWith("i") ? BigInt(value.slice(1)) : value.slice(1);
  if (Array.isArray(value)) return value.filter((item) => item !== null);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([, item]) => item !== null);
  return Object.fromEntries(entries.map(([key, item]) => [key.slice(1), item]));
}

import type { ConfigData } from "@novywave/contract";

/**
 * An entry's `config` table as plugins get it: one item per top-level key, the value as JSON text. Whole numbers beyond
 * 2^53 are written in full; keys with the value undefined are left out.
 */
export function toConfigData(config: Readonly<Record<string, unknown>>): ConfigData {
  return Object.entries(config).flatMap(([key, value]) => {
    const text = toJson(value);
    return text === undefined ? [] : [{ key, value: text }];
  });
}

function toJson(value: unknown): string | undefined {
  if (typeof value === "bigint") return value.toString();
  if (Array.isArray(value)) return `[${value.map((item) => toJson(item) ?? "null").join(",")}]`;
  if (typeof value === "object" && value !== null && !(value instanceof Date)) {
    const fields = Object.entries(value).flatMap(([key, item]) => {
      const text = toJson(item);
      return text === undefined ? [] : [`${JSON.stringify(key)}:${text}`];
    });
    return `{${fields.join(",")}}`;
  }
  return JSON.stringify(value);
}

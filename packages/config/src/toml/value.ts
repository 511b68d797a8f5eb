/**
 * TOML values as this package holds them: exact, and typed as the document has them. Integers are `bigint`, floats are
 * `number`, dates keep their text, tables are maps, so no key can collide with a property of an object.
 */
export type Toml = string | boolean | bigint | number | TomlDateTime | readonly Toml[] | TomlTable;

/** A table, in order of definition. */
export type TomlTable = ReadonlyMap<string, Toml>;

/** A date, a time, or both, as text in the form of RFC 3339. */
export class TomlDateTime {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/**
 * A value as a caller hands it to an edit. A `number` that is a safe integer becomes a TOML integer (a float where a
 * float stood), any other `number` a float. TOML knows no `null`; a key whose value is `undefined` counts as absent.
 */
export type TomlValue =
  | string
  | number
  | bigint
  | boolean
  | readonly TomlValue[]
  | { readonly [key: string]: TomlValue | undefined };

/** Whether `value` is a table. */
export function isTable(value: Toml | undefined): value is TomlTable {
  return value instanceof Map;
}

/** Whether `value` is an array. */
export function isArray(value: Toml | undefined): value is readonly Toml[] {
  return Array.isArray(value);
}

/**
 * The value as JSON can hold it: dates and the floats `nan` and `inf` become strings, integers that a double does not
 * hold exactly stay `bigint`.
 */
export function toJsonValue(value: Toml): unknown {
  if (typeof value === "bigint") {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value;
  }
  if (typeof value === "number") return Number.isFinite(value) ? value : specialFloat(value);
  if (value instanceof TomlDateTime) return value.text;
  if (isArray(value)) return value.map(toJsonValue);
  if (isTable(value)) return toJsonObject(value);
  return value;
}

/** {@link toJsonValue} of a table. A key `__proto__` becomes a property like any other. */
export function toJsonObject(table: TomlTable): Record<string, unknown> {
  const object: Record<string, unknown> = {};
  for (const [key, value] of table) {
    Object.defineProperty(object, key, {
      value: toJsonValue(value),
      enumerable: true,
      writable: true,
      configurable: true,
    });
  }
  return object;
}

/** A value that was read, as an edit takes it. Dates become text, which stays a date where a date stood. */
export function toEditValue(value: Toml): TomlValue {
  if (isArray(value)) return value.map(toEditValue);
  if (isTable(value)) {
    return Object.fromEntries([...value].map(([key, member]) => [key, toEditValue(member)]));
  }
  return value instanceof TomlDateTime ? value.text : value;
}

/** JSON text of a value from a configuration; integers of any size are written digit by digit. */
export function stringifyJson(value: unknown): string {
  if (typeof value === "bigint") return value.toString();
  if (Array.isArray(value)) return `[${value.map(stringifyJson).join(",")}]`;
  if (typeof value === "object" && value !== null) {
    const members = Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .map(([key, member]) => `${JSON.stringify(key)}:${stringifyJson(member)}`);
    return `{${members.join(",")}}`;
  }
  return JSON.stringify(value) ?? "null";
}

/** The text that JSON gets for a float which it cannot hold, and which TOML uses as well. */
export function specialFloat(value: number): string {
  if (Number.isNaN(value)) return "nan";
  return value > 0 ? "inf" : "-inf";
}

/** Text that two values share exactly when they are the same value of the same type; the order of keys is ignored. */
export function fingerprint(value: Toml): string {
  if (typeof value === "bigint") return `i${value}`;
  if (typeof value === "number") return Object.is(value, -0) ? "f-0" : `f${value}`;
  if (typeof value === "boolean") return value ? "t" : "n";
  if (typeof value === "string") return JSON.stringify(value);
  if (value instanceof TomlDateTime) return `d${value.text}`;
  if (isArray(value)) return `[${value.map(fingerprint).join(",")}]`;
  const keys = [...value.keys()].sort();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${fingerprint(value.get(key) ?? "")}`).join(",")}}`;
}

/** Whether two values are the same, type by type. The order of keys is ignored. */
export function sameToml(a: Toml, b: Toml): boolean {
  if (isArray(a)) {
    if (!isArray(b) || a.length !== b.length) return false;
    return a.every((element, index) => {
      const other = b[index];
      return other !== undefined && sameToml(element, other);
    });
  }
  if (isTable(a)) {
    if (!isTable(b) || a.size !== b.size) return false;
    for (const [key, value] of a) {
      const other = b.get(key);
      if (other === undefined || !sameToml(value, other)) return false;
    }
    return true;
  }
  if (a instanceof TomlDateTime) return b instanceof TomlDateTime && a.text === b.text;
  return Object.is(a, b);
}

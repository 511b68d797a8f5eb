import { showPath } from "../edit/refusal.js";
import { ScanError } from "../toml/scan.js";
import { buildTree, locate, type DocumentTree } from "../toml/tree.js";
import { isArray, isTable, TomlDateTime, type Toml, type TomlTable } from "../toml/value.js";
import { writeInline } from "../toml/write.js";
import { clip, type Position } from "../toml/position.js";
import type { ConfigError, ConfigErrorCode } from "./error.js";

export type Path = readonly (string | number)[];

/** More errors than these help nobody. */
const MAX_ERRORS = 50;

/** Reads typed values out of a document, noting every error with its place. */
export class Reader {
  readonly errors: ConfigError[] = [];
  readonly #text: string;
  #tree: DocumentTree | undefined;

  constructor(text: string) {
    this.#text = text;
  }

  /** Where the value at `path` stands. */
  place(path: Path): Position {
    try {
      this.#tree ??= buildTree(this.#text);
    } catch (error) {
      if (error instanceof ScanError) return { line: 1, column: 1 };
      throw error;
    }
    return locate(this.#tree, path);
  }

  report(code: ConfigErrorCode, path: Path, message: string, details: Partial<ConfigError> = {}): undefined {
    if (this.errors.length < MAX_ERRORS) {
      this.errors.push({ code, message, ...this.place(path), path: showPath(path), ...details });
    }
    return undefined;
  }

  invalid(path: Path, expected: string, value: Toml): undefined {
    const found = show(value);
    const message = `${showPath(path)}: expected ${expected}, found ${found}`;
    return this.report("invalid-value", path, message, { expected, found });
  }

  missing(path: Path, expected: string): undefined {
    return this.report("missing-key", path, `${showPath(path)} is missing: expected ${expected}`, {
      expected,
    });
  }

  /** The sub-table `key`; empty if it is not there. */
  table(parent: TomlTable, key: string, path: Path): TomlTable | undefined {
    const value = parent.get(key);
    if (value === undefined) return undefined;
    return isTable(value) ? value : this.invalid([...path, key], "a table", value);
  }

  array(parent: TomlTable, key: string, path: Path, expected: string): readonly Toml[] | undefined {
    const value = parent.get(key);
    if (value === undefined) return undefined;
    return isArray(value) ? value : this.invalid([...path, key], expected, value);
  }

  string(parent: TomlTable, key: string, path: Path, rule: StringRule): string | undefined {
    const value = parent.get(key);
    if (value === undefined) {
      return rule.required ? this.missing([...path, key], rule.expected) : undefined;
    }
    return this.asString(value, [...path, key], rule);
  }

  asString(value: Toml, path: Path, rule: StringRule): string | undefined {
    if (typeof value !== "string" || value.length > rule.maxLength || !(rule.test?.(value) ?? true)) {
      return this.invalid(path, rule.expected, value);
    }
    return value;
  }

  strings(parent: TomlTable, key: string, path: Path, rule: StringRule): readonly string[] | undefined {
    const values = this.array(parent, key, path, `an array with ${rule.expected} as each element`);
    return values?.flatMap((value, index) => this.asString(value, [...path, key, index], rule) ?? []);
  }

  boolean(parent: TomlTable, key: string, path: Path, required: boolean): boolean | undefined {
    const value = parent.get(key);
    const at = [...path, key];
    if (value === undefined) return required ? this.missing(at, "true or false") : undefined;
    return typeof value === "boolean" ? value : this.invalid(at, "true or false", value);
  }

  integer(parent: TomlTable, key: string, path: Path, min: number, max: number): number | undefined {
    const value = parent.get(key);
    if (value === undefined) return undefined;
    if (typeof value !== "bigint" || value < BigInt(min) || value > BigInt(max)) {
      return this.invalid([...path, key], `a whole number from ${min} to ${max}`, value);
    }
    return Number(value);
  }

  /** Policy is never skipped silently: a key that is not known is an error. */
  onlyKeys(table: TomlTable, path: Path, known: readonly string[]): void {
    for (const key of table.keys()) {
      if (known.includes(key)) continue;
      const expected = `one of ${known.join(", ")}`;
      this.report(
        "unknown-key",
        [...path, key],
        `${showPath([...path, key])} is no known setting: expected ${expected}`,
        {
          expected,
          found: key,
        },
      );
    }
  }
}

export interface StringRule {
  readonly expected: string;
  readonly maxLength: number;
  readonly required?: boolean;
  readonly test?: (value: string) => boolean;
}

function show(value: Toml): string {
  if (isTable(value)) return "a table";
  if (isArray(value)) return "an array";
  return clip(value instanceof TomlDateTime ? value.text : writeInline(value), 60);
}

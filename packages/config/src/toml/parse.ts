import { parse, TomlDate, TomlError } from "smol-toml";
import { err, ok, type Result } from "@novywave/base";
import { clip, contentStart, countCharacters } from "./position.js";
import { TomlDateTime, type Toml, type TomlTable } from "./value.js";

/** How deep tables and arrays may nest, counted from the root. */
export const MAX_DEPTH = 64;

/** The text is no TOML document. `line` and `column` count from 1, columns in Unicode characters. */
export interface TomlSyntaxError {
  readonly message: string;
  readonly line: number;
  readonly column: number;
}

/** Reads a document (TOML 1.1, which takes every document of TOML 1.0). A byte order mark is skipped. */
export function parseToml(text: string): Result<TomlTable, TomlSyntaxError> {
  const body = text.slice(contentStart(text));
  try {
    const table = parse(body, { integersAsBigInt: true, maxDepth: MAX_DEPTH, unsafeKeyBehaviour: "keep" });
    return ok(tableOf(table, 1));
  } catch (error) {
    if (error instanceof TooDeep) return err({ message: error.message, line: 1, column: 1 });
    if (error instanceof TomlError) return err(describe(body, error));
    throw error;
  }
}

class TooDeep extends Error {}

function tableOf(source: object, depth: number): TomlTable {
  if (depth > MAX_DEPTH) throw new TooDeep(`tables nest deeper than ${MAX_DEPTH} levels`);
  const table = new Map<string, Toml>();
  for (const [key, value] of Object.entries(source)) table.set(key, valueOf(value, depth + 1));
  return table;
}

function valueOf(value: unknown, depth: number): Toml {
  if (typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "bigint" || typeof value === "number") return value;
  if (value instanceof TomlDate) return new TomlDateTime(value.toISOString());
  if (Array.isArray(value)) {
    if (depth > MAX_DEPTH) throw new TooDeep(`arrays nest deeper than ${MAX_DEPTH} levels`);
    return value.map((element) => valueOf(element, depth + 1));
  }
  if (typeof value === "object" && value !== null) return tableOf(value, depth);
  throw new TypeError(`not a TOML value: ${typeof value}`);
}

/** What a terse message of the parser leaves out. */
const HINTS: readonly (readonly [part: string, hint: string])[] = [
  ["invalid value", "expected a string in quotes, a number, true or false, a date, an array or a table"],
  ["incomplete key-value", "expected `key = value`"],
  ["redefine", "each key and each [table] may be given once"],
];

function describe(body: string, error: TomlError): TomlSyntaxError {
  const terse = (error.message.split("\n")[0] ?? "").replace(/^Invalid TOML document: /, "");
  const line = body.split("\n", error.line)[error.line - 1] ?? "";
  const before = line.slice(0, error.column - 1);
  const found = /^[^\s,\]}#]+/u.exec(line.slice(error.column - 1))?.[0];
  const hint = HINTS.find(([part]) => terse.includes(part))?.[1];
  const parts = [
    terse,
    ...(hint === undefined ? [] : [hint]),
    ...(found ? [`found ${clip(found, 40)}`] : []),
  ];
  return { message: parts.join("; "), line: error.line, column: countCharacters(before) + 1 };
}

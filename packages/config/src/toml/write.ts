import { isArray, isTable, specialFloat, TomlDateTime, type Toml, type TomlTable } from "./value.js";

/** An inline table longer than this is written as a section of its own, where it can be. */
const INLINE_WIDTH = 100;

/** A key of one part, quoted where it must be. */
export function writeKey(name: string): string {
  return /^[A-Za-z0-9_-]+$/.test(name) ? name : writeString(name);
}

/** A dotted key. */
export function writePath(path: readonly string[]): string {
  return path.map(writeKey).join(".");
}

/** A basic string on one line. */
export function writeString(text: string): string {
  let out = '"';
  for (const character of text) out += escapeOf(character);
  return `${out}"`;
}

function escapeOf(character: string): string {
  switch (character) {
    case '"':
      return '\\"';
    case "\\":
      return "\\\\";
    case "\n":
      return "\\n";
    case "\r":
      return "\\r";
    case "\t":
      return "\\t";
    default: {
      const code = character.codePointAt(0) ?? 0;
      const plain = code >= 0x20 && code !== 0x7f && code !== 0xfeff;
      return plain ? character : `\\u${code.toString(16).padStart(4, "0")}`;
    }
  }
}

/** Whether `text` can stand between single quotes as it is. */
export function fitsLiteral(text: string): boolean {
  for (const character of text) {
    if (character === "'" || escapeOf(character).startsWith("\\u") || /[\n\r]/.test(character)) return false;
  }
  return true;
}

function writeFloat(value: number): string {
  if (!Number.isFinite(value)) return specialFloat(value);
  if (Object.is(value, -0)) return "-0.0";
  const text = String(value);
  return /[.e]/.test(text) ? text : `${text}.0`;
}

/** A value on one line. */
export function writeInline(value: Toml): string {
  if (typeof value === "string") return writeString(value);
  if (typeof value === "boolean" || typeof value === "bigint") return String(value);
  if (typeof value === "number") return writeFloat(value);
  if (value instanceof TomlDateTime) return value.text;
  if (isArray(value)) return `[${value.map(writeInline).join(", ")}]`;
  if (isTable(value)) {
    if (value.size === 0) return "{}";
    const items = [...value].map(([key, item]) => writeItem([key], writeInline(item)));
    return `{ ${items.join(", ")} }`;
  }
  return value;
}

/** `key = value`, the value being TOML text already. */
export function writeItem(path: readonly string[], value: string): string {
  return `${writePath(path)} = ${value}`;
}

/** A value of an item that has a line to itself: an array of tables gets a line per element. */
export function writeBlock(value: Toml, indent: string, lineBreak: string): string {
  if (!isArray(value) || value.length === 0 || !value.every(isTable)) return writeInline(value);
  const lines = value.map((element) => `${lineBreak}${indent}  ${writeInline(element)},`);
  return `[${lines.join("")}${lineBreak}${indent}]`;
}

function isLeafTable(value: TomlTable): boolean {
  return [...value.values()].every(
    (item) => !isTable(item) && !(isArray(item) && item.some((element) => isTable(element))),
  );
}

/** Whether a value is better written as sections (`[path]`, `[[path]]`) than inline. */
export function wantsSection(value: Toml): boolean {
  if (isTable(value)) return !isLeafTable(value) || writeInline(value).length > INLINE_WIDTH;
  return (
    isArray(value) &&
    value.length > 0 &&
    value.every((element) => isTable(element)) &&
    value.some((element) => isTable(element) && !isLeafTable(element))
  );
}

/** The lines of a table under its own header; sub-tables follow, each after a blank line. */
export function writeSection(
  kind: "table" | "array-element",
  path: readonly string[],
  table: TomlTable,
  lineBreak: string,
): string[] {
  const header = kind === "table" ? `[${writePath(path)}]` : `[[${writePath(path)}]]`;
  const lines = [header];
  const sections: string[] = [];
  for (const [key, value] of table) {
    if (!wantsSection(value)) lines.push(writeItem([key], writeBlock(value, "", lineBreak)));
    else sections.push("", ...writeSections([...path, key], value, lineBreak));
  }
  return [...lines, ...sections];
}

/** The lines of a value for which {@link wantsSection} holds, or of any table. */
export function writeSections(path: readonly string[], value: Toml, lineBreak: string): string[] {
  if (isTable(value)) return writeSection("table", path, value, lineBreak);
  if (!isArray(value)) return [];
  return value.flatMap((element, index) => {
    const lines = isTable(element) ? writeSection("array-element", path, element, lineBreak) : [];
    return index === 0 ? lines : ["", ...lines];
  });
}

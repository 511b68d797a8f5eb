import {
  isArray,
  isTable,
  specialFloat,
  TomlDateTime,
  type Toml,
  type TomlTable,
  type TomlValue,
} from "../toml/value.js";
import { Refusal, showPath } from "./refusal.js";

/** A place in a document: names of keys, indices of elements. */
export type EditPath = readonly (string | number)[];

/**
 * One change. A value is set at `path`, creating the tables on the way; an index equal to the length of an array
 * appends. Or what stands at `path` is removed: a key, an element, a whole table.
 */
export type ConfigEdit =
  | { readonly path: EditPath; readonly value: TomlValue }
  | { readonly path: EditPath; readonly remove: true };

const MAX_DEPTH = 60;
const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;
const DATE_TIME =
  /^(\d{4}-\d{2}-\d{2}([Tt ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?([Zz]|[+-]\d{2}:\d{2})?)?|\d{2}:\d{2}(:\d{2}(\.\d+)?)?)$/;

/** The document as it shall be after `edit`. Throws {@link Refusal} if the edit does not fit the document. */
export function applyToModel(root: TomlTable, edit: ConfigEdit): TomlTable {
  const remove = "remove" in edit;
  if (edit.path.length === 0) {
    if (remove) throw new Refusal("bad-path", "the document itself cannot be removed");
    const table = coerce(root, edit.value, edit.path);
    if (!isTable(table)) throw new Refusal("bad-value", "the document itself must be a table");
    return table;
  }
  if (edit.path.length > MAX_DEPTH) throw new Refusal("bad-path", `the path is longer than ${MAX_DEPTH}`);
  const changed = change(root, edit, 0);
  if (!isTable(changed)) throw new Refusal("bad-path", `${showPath(edit.path)} leads to nothing`);
  return changed;
}

function change(value: Toml | undefined, edit: ConfigEdit, depth: number): Toml {
  const step = edit.path[depth];
  if (step === undefined) {
    if ("remove" in edit) throw new Refusal("bad-path", `${showPath(edit.path)} is not there`);
    return coerce(value, edit.value, edit.path);
  }
  if (value === undefined && "remove" in edit) {
    throw new Refusal("bad-path", `${showPath(edit.path)} is not there, so it cannot be removed`);
  }
  return typeof step === "number"
    ? changeArray(value, step, edit, depth)
    : changeTable(value, step, edit, depth);
}

function changeTable(value: Toml | undefined, key: string, edit: ConfigEdit, depth: number): TomlTable {
  if (value !== undefined && !isTable(value)) {
    throw new Refusal(
      "bad-path",
      `${showPath(edit.path.slice(0, depth))} is not a table, so it has no key ${key}`,
    );
  }
  checkText(key, edit.path);
  const table = new Map(value ?? []);
  if ("remove" in edit && depth === edit.path.length - 1) {
    if (!table.delete(key)) {
      throw new Refusal("bad-path", `${showPath(edit.path)} is not there, so it cannot be removed`);
    }
    return table;
  }
  return table.set(key, change(table.get(key), edit, depth + 1));
}

function changeArray(value: Toml | undefined, index: number, edit: ConfigEdit, depth: number): Toml {
  if (value !== undefined && !isArray(value)) {
    throw new Refusal("bad-path", `${showPath(edit.path.slice(0, depth))} is not an array`);
  }
  const array = [...(value ?? [])];
  const last = "remove" in edit ? array.length - 1 : array.length;
  if (!Number.isInteger(index) || index < 0 || index > last) {
    throw new Refusal(
      "bad-path",
      `${showPath(edit.path.slice(0, depth + 1))} is not there: the array has ${array.length} elements`,
    );
  }
  if ("remove" in edit && depth === edit.path.length - 1) {
    array.splice(index, 1);
    return array;
  }
  array[index] = change(array[index], edit, depth + 1);
  return array;
}

/**
 * `value` as TOML, with the types of what stands there now: what is equal as JSON stays as it is, a float stays a
 * float, a date stays a date when the new text is one.
 */
export function coerce(old: Toml | undefined, value: TomlValue, path: EditPath): Toml {
  if (path.length > MAX_DEPTH)
    throw new Refusal("bad-value", `${showPath(path.slice(0, 4))}… nests too deep`);
  switch (typeof value) {
    case "string":
      checkText(value, path);
      if (typeof old === "number" && !Number.isFinite(old) && specialFloat(old) === value) return old;
      return old instanceof TomlDateTime ? dateTime(old, value) : value;
    case "boolean":
      return value;
    case "bigint":
      if (typeof old === "number" && BigInt(Math.trunc(Number(value))) === value) return Number(value);
      return integer(value, path);
    case "number":
      if (typeof old === "number" || !Number.isSafeInteger(value) || Object.is(value, -0)) return value;
      return integer(BigInt(value), path);
    case "object":
      break;
    default:
      throw new Refusal("bad-value", `${showPath(path)}: TOML cannot hold a value of type ${typeof value}`);
  }
  if (value === null) throw new Refusal("bad-value", `${showPath(path)}: TOML has no null; remove the key`);
  if (isValueArray(value)) return coerceArray(isArray(old) ? old : [], value, path);
  const before = isTable(old) ? old : undefined;
  const table = new Map<string, Toml>();
  for (const [key, member] of Object.entries(value)) {
    if (member === undefined) continue;
    checkText(key, path);
    table.set(key, coerce(before?.get(key), member, [...path, key]));
  }
  return table;
}

function isValueArray(value: TomlValue): value is readonly TomlValue[] {
  return Array.isArray(value);
}

function coerceArray(old: readonly Toml[], values: readonly TomlValue[], path: EditPath): Toml {
  // Elements that only moved keep their own types; the others take those of the element at their place.
  const byJson = new Map<string, Toml>();
  for (const element of old) byJson.set(jsonKey(element), element);
  return values.map((value, index) => {
    const at = [...path, index];
    const same = old[index];
    const coerced = coerce(same, value, at);
    if (same !== undefined && jsonKey(same) === jsonKey(coerced)) return coerced;
    return byJson.get(jsonKey(coerce(undefined, value, at))) ?? coerced;
  });
}

/** Equal for values that JSON does not tell apart. */
function jsonKey(value: Toml): string {
  if (typeof value === "bigint") return String(value);
  if (typeof value === "number") {
    if (Object.is(value, -0)) return "-0";
    return Number.isInteger(value) ? String(BigInt(value)) : JSON.stringify(value) + specialOf(value);
  }
  if (typeof value === "boolean") return String(value);
  if (typeof value === "string") return JSON.stringify(value);
  if (value instanceof TomlDateTime) return JSON.stringify(value.text);
  if (isArray(value)) return `[${value.map(jsonKey).join(",")}]`;
  const keys = [...value.keys()].sort();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${jsonKey(value.get(key) ?? "")}`).join(",")}}`;
}

function specialOf(value: number): string {
  return Number.isFinite(value) ? "" : specialFloat(value);
}

function dateTime(old: TomlDateTime, text: string): Toml {
  if (old.text === text) return old;
  return DATE_TIME.test(text) ? new TomlDateTime(text) : text;
}

function integer(value: bigint, path: EditPath): bigint {
  if (value < INT64_MIN || value > INT64_MAX) {
    throw new Refusal("bad-value", `${showPath(path)}: ${value} does not fit the 64 bits of a TOML integer`);
  }
  return value;
}

function checkText(text: string, path: EditPath): void {
  if (/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/.test(text)) {
    throw new Refusal("bad-value", `${showPath(path)}: the text is not valid Unicode`);
  }
}

import type { Reader } from "./reader.js";

const label = "(?:[a-z][a-z0-9]*|[A-Z][A-Z0-9]*)(?:-(?:[a-z][a-z0-9]*|[A-Z][A-Z0-9]*))*";
const labelPattern = new RegExp(`^${label}$`);
const words = "[a-z][a-z0-9]*(?:-[a-z0-9]+)*";
const version = "(?:0|[1-9][0-9]*)(?:\\.(?:0|[1-9][0-9]*)){0,2}(?:-[0-9A-Za-z.-]+)?(?:\\+[0-9A-Za-z.-]+)?";
const interfacePattern = new RegExp(
  `^${words}(?::${words})+(?:/${label})+(?:@${version})?$|^${words}(?::${words})+(?:/${label})*(?:@${version})?$`,
);
const annotatedPattern = new RegExp(
  `^\\[(?:constructor|async)\\]${label}$|^\\[(?:(?:async )?method|(?:async )?static|async method|async static)\\]${label}\\.${label}$`,
);
const dependencyPattern =
  /^(?:unlocked-dep|locked-dep|url|relative-url|integrity)=<[^<>]*>(?:,integrity=<[^<>]*>)?$/;

/** Longer names are refused: no tool writes them, and patterns are matched against them. */
const maxNameLength = 1_000;

/** A label in kebab case: words of one case, joined by single hyphens. */
export function readLabel(reader: Reader, what: string): string {
  const start = reader.offset;
  const name = reader.name(what);
  if (name.length > maxNameLength || !labelPattern.test(name)) {
    throw reader.malformed(`${what} ${quoteName(name)} is not a name in kebab case`, start);
  }
  return name;
}

/** The name of an import or export: a label, an interface name, or a resource's function; the form byte comes first. */
export function readExternName(reader: Reader, what: string): string {
  const start = reader.offset;
  const form = reader.byte(`the form of ${what}`);
  if (form > 2) throw reader.malformed(`${what}: unknown form 0x${form.toString(16)}`, start);
  const name = reader.name(what);
  if (form === 2) reader.name(`the version suffix of ${what}`);
  const fits =
    name.length <= maxNameLength &&
    (labelPattern.test(name) ||
      interfacePattern.test(name) ||
      annotatedPattern.test(name) ||
      dependencyPattern.test(name));
  if (!fits) throw reader.malformed(`${what} ${quoteName(name)} is not a valid name`, start);
  return name;
}

/** A name from a file, safe to show: cut, and without control characters. */
export function quoteName(name: string): string {
  const shown = JSON.stringify(name.length > 80 ? `${name.slice(0, 80)}…` : name);
  // JSON leaves these alone: control characters of terminals, line ends, and what turns the direction of text.
  return shown.replace(
    /[\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

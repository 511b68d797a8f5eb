/** The JavaScript name of a WIT name: `list-dir` is `listDir`, `HTTP-server` is `httpServer`. */
export function camelCase(name: string): string {
  return name.toLowerCase().replace(/-(.)/g, (_, first: string) => first.toUpperCase());
}

/**
 * The property under which a function is reached in JavaScript. A function `then` would make the object that holds it a
 * thenable, and `await` on that object would call into the guest: it is reached as `then_`.
 */
export function functionKey(name: string): string {
  const key = camelCase(name);
  return key === "then" ? "then_" : key;
}

/** The JavaScript name of a resource type: `output-stream` is `OutputStream`. */
export function pascalCase(name: string): string {
  return camelCase(`-${name}`);
}

/** What the name of a function says it is: a function, or a member of a resource type. */
export type FunctionName =
  | { readonly kind: "function" }
  | { readonly kind: "constructor"; readonly resource: string }
  | { readonly kind: "method" | "static"; readonly resource: string; readonly name: string };

/** Reads `[method]output-stream.write` and the like. */
export function parseFunctionName(name: string): FunctionName {
  const match = /^\[(?:constructor\]([^.]+)|(method|static)\]([^.]+)\.(.+))$/s.exec(name);
  const [, made, kind, resource, member] = match ?? [];
  if (made !== undefined) return { kind: "constructor", resource: made };
  if (kind === undefined || resource === undefined || member === undefined) return { kind: "function" };
  return { kind: kind === "method" ? kind : "static", resource, name: member };
}

/** The property under which a member of a resource is reached; `then`, `constructor` and `prototype` have another meaning. */
export function memberKey(kind: "method" | "static", name: string): string {
  const key = functionKey(name);
  return key === (kind === "method" ? "constructor" : "prototype") ? `${key}_` : key;
}

/** Major, minor, patch. */
type Version = readonly [number, number, number];

/** A version that others can be compatible with: none that is a pre-release. */
function parseVersion(text: string): Version | undefined {
  const match = /^(\d{1,9})(?:\.(\d{1,9}))?(?:\.(\d{1,9}))?(?:\+.*)?$/.exec(text);
  if (match === null) return undefined;
  const [, major, minor = 0, patch = 0] = match;
  return [Number(major), Number(minor), Number(patch)];
}

function compatible(a: Version, b: Version): boolean {
  if (a[0] !== b[0]) return false;
  return a[0] > 0 || (a[1] === b[1] && (a[1] > 0 || a[2] === b[2]));
}

/**
 * The name among `names` that stands for `wanted`: the same name, or the same interface in the highest version that semantic
 * versioning calls compatible (0.1.3 and 0.1.0, 1.2.0 and 1.5.0, but not 0.1.0 and 0.2.0, nor anything with a pre-release).
 */
export function findCompatibleName(names: Iterable<string>, wanted: string): string | undefined {
  const [wantedBase, wantedVersion] = splitVersion(wanted);
  let best: { readonly name: string; readonly version: Version } | undefined;
  for (const name of names) {
    if (name === wanted) return name;
    if (wantedVersion === undefined) continue;
    const [base, version] = splitVersion(name);
    if (base !== wantedBase || version === undefined || !compatible(version, wantedVersion)) continue;
    if (best === undefined || isHigher(version, best.version)) best = { name, version };
  }
  return best?.name;
}

function isHigher(a: Version, b: Version): boolean {
  return (a[0] - b[0] || a[1] - b[1] || a[2] - b[2]) > 0;
}

function splitVersion(name: string): readonly [base: string, version: Version | undefined] {
  const at = name.indexOf("@");
  return at < 0 ? [name, undefined] : [name.slice(0, at), parseVersion(name.slice(at + 1))];
}

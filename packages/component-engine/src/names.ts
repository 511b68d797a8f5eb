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

/** The name of a function that is a member of a resource type. */
export type MemberName =
  | { readonly kind: "constructor"; readonly resource: string }
  | { readonly kind: "method" | "static"; readonly resource: string; readonly name: string };

/** Reads `[method]output-stream.write` and the like; `undefined` for a function that is no member. */
export function parseMemberName(name: string): MemberName | undefined {
  const match = /^\[(?:constructor\]([^.]+)|(method|static)\]([^.]+)\.(.+))$/s.exec(name);
  const [, made, kind, resource, member] = match ?? [];
  if (made !== undefined) return { kind: "constructor", resource: made };
  if (kind === undefined || resource === undefined || member === undefined) return undefined;
  return { kind: kind === "method" ? kind : "static", resource, name: member };
}

/** The property under which a member of a resource is reached; `then`, `constructor` and `prototype` have another meaning. */
export function memberKey({ kind, name }: Exclude<MemberName, { readonly kind: "constructor" }>): string {
  const key = functionKey(name);
  return key === (kind === "method" ? "constructor" : "prototype") ? `${key}_` : key;
}

/** The name of an interface with a version that others can be compatible with: none that is a pre-release. */
interface Versioned {
  readonly name: string;
  /** The same for all that are compatible. */
  readonly series: string;
  readonly minor: number;
  readonly patch: number;
}

function versioned(name: string): Versioned | undefined {
  const match = /^([^@]*@)(\d{1,9})(?:\.(\d{1,9}))?(?:\.(\d{1,9}))?(?:\+.*)?$/.exec(name);
  if (match === null) return undefined;
  const [major = 0, minor = 0, patch = 0] = match.slice(2).map((number) => Number(number ?? 0));
  const series = major > 0 ? [major] : minor > 0 ? [0, minor] : [0, 0, patch];
  return { name, series: `${match[1]}${series.join(".")}`, minor, patch };
}

/**
 * The name among `names` that stands for `wanted`: the same name, or the same interface in the highest version that semantic
 * versioning calls compatible (0.1.3 and 0.1.0, 1.2.0 and 1.5.0, but not 0.1.0 and 0.2.0, nor anything with a pre-release).
 */
export function findCompatibleName(names: Iterable<string>, wanted: string): string | undefined {
  const series = versioned(wanted)?.series;
  let best: Versioned | undefined;
  for (const name of names) {
    if (name === wanted) return name;
    const found = versioned(name);
    if (found === undefined || found.series !== series) continue;
    if (best === undefined || (found.minor - best.minor || found.patch - best.patch) > 0) best = found;
  }
  return best?.name;
}

/** The first of these, in words. */
export function listed(items: readonly string[], most: number): string {
  const shown = items.slice(0, most).join(", ");
  return items.length > most ? `${shown}, …` : shown;
}

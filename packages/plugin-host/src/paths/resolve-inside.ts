import { lstat, readlink, realpath } from "node:fs/promises";
import path from "node:path";
import { errorCode } from "./canonical.js";
import type { View } from "./platform.js";
import { isInside } from "./segments.js";

/** A text with which paths may begin, and the canonical place inside the grant that it stands for. */
export interface Root {
  readonly spelling: string;
  readonly canonical: string;
}

/** Where a path leads. */
export type Place =
  /** Inside the grant; `path` is canonical, or would be if it existed. */
  | { readonly kind: "inside"; readonly path: string; readonly exists: boolean }
  /** A symbolic link in the grant leads to something that exists outside. */
  | { readonly kind: "outside"; readonly link: string; readonly target: string }
  /** Outside by its text, or at no place at all: behind a link to nowhere, or below a file. */
  | { readonly kind: "nowhere" };

const nowhere: Place = { kind: "nowhere" };
const maxLinks = 40;

/**
 * Follows `absolute` from the granted folder down, name by name. What is outside by its text is not looked up at all, and
 * of what lies behind a link that leads out nothing but the link's own target: so neither an answer nor the time that
 * it takes tells what exists outside, and nothing there is touched on behalf of a plugin.
 */
export async function resolveInside(absolute: string, roots: readonly Root[], view: View): Promise<Place> {
  const place = await follow(absolute, roots, view, { links: 0 });
  // Here the system may take other spellings for a name: let it say how the name is spelt.
  if (view.platform.descriptorPaths || place.kind !== "inside" || !place.exists) return place;
  const real = await realpath(place.path).catch(() => undefined);
  return real !== undefined && view.isGranted(real) ? { ...place, path: real } : nowhere;
}

async function follow(
  absolute: string,
  roots: readonly Root[],
  view: View,
  seen: { links: number },
): Promise<Place> {
  const root = nearestRoot(absolute, roots);
  if (root === undefined) return nowhere;
  const names = path
    .relative(root.spelling, absolute)
    .split(path.sep)
    .filter((name) => name !== "");
  // A grant is for the place that it was given for, not for where a link in its place leads now.
  const existing = await standsAsItWas(root.canonical);
  if (existing === undefined) return nowhere;
  if (!existing) return { kind: "inside", path: path.join(root.canonical, ...names), exists: false };
  let current = root.canonical;
  for (const [index, name] of names.entries()) {
    const entry = path.join(current, name);
    const what = await look(entry);
    const rest = names.slice(index + 1);
    switch (what) {
      case "none":
        return { kind: "inside", path: path.join(entry, ...rest), exists: false };
      case "unknown":
        return nowhere;
      case "other":
        current = entry;
        continue;
      case "link": {
        if (++seen.links > maxLinks) return nowhere;
        const target = await followLink(entry, current, roots, view, seen);
        if (target.kind !== "inside") return target;
        // A link to nowhere is not "not there yet": its target may appear later, anywhere.
        if (!target.exists) return nowhere;
        if (rest.length === 0) return target;
        return follow(path.join(target.path, ...rest), roots, view, seen);
      }
    }
  }
  return { kind: "inside", path: current, exists: true };
}

async function followLink(
  link: string,
  folder: string,
  roots: readonly Root[],
  view: View,
  seen: { links: number },
): Promise<Place> {
  let text: string;
  try {
    text = await readlink(link);
  } catch {
    return nowhere;
  }
  const absolute = path.resolve(folder, text);
  if (nearestRoot(absolute, roots)) return follow(absolute, roots, view, seen);
  // Written for another name of a granted folder, or leading out.
  const target = await realpath(link).catch(() => undefined);
  if (target === undefined) return nowhere;
  return view.isGranted(target)
    ? { kind: "inside", path: target, exists: true }
    : { kind: "outside", link, target };
}

/** The root that `absolute` begins with; the longest, which may be a link of a shorter one. */
function nearestRoot(absolute: string, roots: readonly Root[]): Root | undefined {
  let nearest: Root | undefined;
  for (const root of roots) {
    if (!isInside(root.spelling, absolute)) continue;
    if (nearest === undefined || root.spelling.length > nearest.spelling.length) nearest = root;
  }
  return nearest;
}

/** Whether a granted folder exists; undefined if it is not where it was any more. */
async function standsAsItWas(canonical: string): Promise<boolean | undefined> {
  try {
    return (await realpath(canonical)) === canonical ? true : undefined;
  } catch (error) {
    if (errorCode(error) !== "ENOENT") return undefined;
    return (await look(canonical)) === "none" ? false : undefined;
  }
}

async function look(entry: string): Promise<"link" | "other" | "none" | "unknown"> {
  try {
    return (await lstat(entry)).isSymbolicLink() ? "link" : "other";
  } catch (error) {
    return errorCode(error) === "ENOENT" ? "none" : "unknown";
  }
}

import path from "node:path";
import { canonicalPath } from "./canonical.js";
import type { Root } from "./resolve-inside.js";
import { isInsideAny, pathProblem } from "./segments.js";

/** Names that are looked up, at most. */
const maxSpellings = 256;

/**
 * Which of `texts` are other names of places inside the granted folders, e.g. `/home/me/sim` where `/home/me` is a link.
 * They come from a person's configuration, and a plugin uses them as it finds them there; they are looked up once, here,
 * and stand for the same place as long as the plugin runs.
 */
export async function spellingsOf(
  texts: readonly string[],
  granted: readonly string[],
): Promise<readonly Root[]> {
  const roots: Root[] = [];
  const spellings = new Set(texts.filter((text) => path.isAbsolute(text)).map((text) => path.resolve(text)));
  for (const spelling of [...spellings].slice(0, maxSpellings)) {
    if (pathProblem(spelling) !== undefined || isInsideAny(granted, spelling)) continue;
    const place = await canonicalPath(spelling);
    if (place && isInsideAny(granted, place.path)) roots.push({ spelling, canonical: place.path });
  }
  return roots;
}

/** The texts of a config table that may name folders: values, and items of lists. */
export function textsOf(config: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.values(config)
    .flat()
    .filter((value): value is string => typeof value === "string");
}

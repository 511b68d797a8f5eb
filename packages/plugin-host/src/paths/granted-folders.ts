import path from "node:path";
import { isPrintable } from "../text.js";
import { canonicalPath } from "./canonical.js";
import { isInside, pathProblem } from "./segments.js";

/**
 * Of granted folders, which are canonical, those that still stand where they were granted. A folder that does not exist yet is
 * granted at the place where it would come to be. One that leads elsewhere now, because a link took its place or that of a
 * folder above it after it was approved, is not followed.
 */
export async function standingFolders(
  folders: readonly string[],
): Promise<{ readonly standing: readonly string[]; readonly moved: readonly string[] }> {
  const standing = new Set<string>();
  const moved: string[] = [];
  for (const folder of folders) {
    const found = pathProblem(folder) === undefined ? await canonicalPath(folder) : undefined;
    if (found?.path === folder) standing.add(folder);
    else moved.push(folder);
  }
  return { standing: [...standing].sort(), moved };
}

/** Folders of an entry, told apart: those that opening the workspace grants, and those that a person must allow. */
export interface SortedFolders {
  /** Canonical. */
  readonly inside: readonly string[];
  /** Canonical, outside of the workspace: each is a request. */
  readonly outside: readonly string[];
  /** As written: no such place, e.g. a link to nowhere or a text that is no path; outside also what is not printable. */
  readonly invalid: readonly string[];
}

/** Resolves the folders that an entry names (relative to the workspace) and tells which ones a person must allow. */
export async function sortFolders(workspace: string, folders: readonly string[]): Promise<SortedFolders> {
  const root = await canonicalPath(workspace);
  const inside = new Set<string>();
  const outside = new Set<string>();
  const invalid: string[] = [];
  for (const folder of folders) {
    const found =
      pathProblem(folder) === undefined ? await canonicalPath(path.resolve(workspace, folder)) : undefined;
    if (found === undefined || root === undefined) invalid.push(folder);
    else if (isInside(root.path, found.path)) inside.add(found.path);
    // A person is asked by this name, and must not be shown another, or more lines than one.
    else if (!isPrintable(found.path)) invalid.push(folder);
    else outside.add(found.path);
  }
  return { inside: [...inside].sort(), outside: [...outside].sort(), invalid };
}

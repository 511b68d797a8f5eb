import { lstat, realpath } from "node:fs/promises";
import path from "node:path";

/** Where a path leads: `exists`, or the canonical place at which it would come to be. */
export interface CanonicalPath {
  readonly path: string;
  readonly exists: boolean;
}

/**
 * The real path of `absolute`; where it does not exist, that of its nearest existing ancestor with the rest appended.
 * Undefined where there is no such place: a symbolic link to nowhere or in a circle, a file used as a folder, a folder
 * that may not be searched. A link to nowhere is not "not there yet": its target may appear later, anywhere.
 */
export async function canonicalPath(absolute: string): Promise<CanonicalPath | undefined> {
  const rest: string[] = [];
  // `resolve` takes `..` out by text. Where the text before it is a link, that differs from what the kernel does; the
  // result is looked up and checked like any other path, so it is merely another path.
  let current = path.resolve(absolute);
  for (;;) {
    try {
      const real = await realpath(current);
      return rest.length === 0
        ? { path: real, exists: true }
        : { path: path.join(real, ...rest), exists: false };
    } catch (error) {
      if (errorCode(error) !== "ENOENT") return undefined;
    }
    if (await entryExists(current)) return undefined;
    const parent = path.dirname(current);
    if (parent === current) return undefined;
    rest.unshift(path.basename(current));
    current = parent;
  }
}

async function entryExists(absolute: string): Promise<boolean> {
  try {
    await lstat(absolute);
    return true;
  } catch {
    return false;
  }
}

/** The `code` of a system error, e.g. `ENOENT`. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}

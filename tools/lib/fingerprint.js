import { createHash } from "node:crypto";
import { readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";

/**
 * A hash over path, size and time of change of all files below `paths`. It reads no file, so it is fast; a file that was
 * touched counts as changed.
 *
 * @param {string} root
 * @param {string[]} paths files or folders, relative to the root; one that does not exist counts as such
 * @param {(path: string) => boolean} [skip] given the path relative to the root
 */
export function fingerprint(root, paths, skip = () => false) {
  const hash = createHash("sha256");
  for (const path of [...paths].sort()) addPath(hash, root, path, skip);
  return hash.digest("hex");
}

/** The hash of one file's bytes; undefined if it cannot be read. */
export function contentHash(path) {
  try {
    return createHash("sha256").update(readFileSync(path)).digest("hex");
  } catch {
    return undefined;
  }
}

function addPath(hash, root, path, skip) {
  let stats;
  try {
    stats = statSync(join(root, path));
  } catch {
    hash.update(`${path}\0absent\n`);
    return;
  }
  if (stats.isDirectory()) addFolder(hash, root, path, skip);
  else hash.update(`${path}\0${stats.size}\0${stats.mtimeMs}\n`);
}

function addFolder(hash, root, folder, skip) {
  const entries = readdirSync(join(root, folder), { withFileTypes: true });
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    const path = `${folder}/${entry.name}`;
    if (alwaysSkipped.has(entry.name) || skip(path)) continue;
    addPath(hash, root, path, skip);
  }
}

const alwaysSkipped = new Set(["node_modules", "dist", "dist-types", ".cache", "test-results"]);

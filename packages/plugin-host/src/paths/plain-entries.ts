import { readdir } from "node:fs/promises";
import { useDirectory } from "./descriptor.js";
import type { View } from "./platform.js";

/** A folder's real path and the names in it that are files and folders, no links and nothing else. */
export interface PlainEntries {
  readonly path: string;
  readonly names: ReadonlySet<string>;
}

/** Lists `canonical` under the check of {@link useDirectory}; undefined if it cannot be listed. */
export async function plainEntries(canonical: string, view: View): Promise<PlainEntries | undefined> {
  const opened = await useDirectory(canonical, view, (access) => readdir(access, { withFileTypes: true }));
  if (!opened.ok) return undefined;
  const plain = opened.value.value.filter((entry) => entry.isFile() || entry.isDirectory());
  return { path: opened.value.path, names: new Set(plain.map(({ name }) => name)) };
}

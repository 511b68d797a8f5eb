import { readdir, type Dirent } from "node:fs";
import { promisify } from "node:util";
import { err, ok, type Result } from "@novywave/base";
import { childPath, examine, useDirectory, type OpenProblem } from "./descriptor.js";
import type { View } from "./platform.js";
import type { Place } from "./resolve-inside.js";

const readEntries = promisify(readdir);

/** An entry of a folder that a plugin may see. */
export interface ListedEntry {
  readonly name: string;
  readonly kind: "file" | "directory";
  /** Where a symbolic link leads; inside the grant. */
  readonly linkTarget?: string;
}

export interface Listing {
  /** The folder's real path. */
  readonly path: string;
  readonly entries: readonly ListedEntry[];
  /** Symbolic links that lead out of the grant, with their targets: not for the plugin, for a person. */
  readonly outside: readonly { readonly path: string; readonly target: string }[];
  /** Entries that there were, shown or not. */
  readonly looked: number;
}

/** A view that knows where links lead. */
export interface LinkView extends View {
  resolve(absolute: string): Promise<Place>;
}

const never = (): boolean => false;

/**
 * What stays once FIFOs, sockets, devices and links out of the grant are left out. A link takes some system calls, so
 * `stopped` is asked before each; once it says so, the rest is left out.
 */
export async function listDirectory(
  canonical: string,
  view: LinkView,
  stopped: () => boolean = never,
): Promise<Result<Listing, OpenProblem>> {
  const opened = await useDirectory(canonical, view, (access) =>
    readEntries(access, { withFileTypes: true }),
  );
  if (!opened.ok) return err(opened.error);
  const { path, value: dirents } = opened.value;
  const entries: ListedEntry[] = [];
  const outside: { path: string; target: string }[] = [];
  for (const dirent of dirents) {
    // A name that is no UTF-8 arrives with replacement characters and could not be opened again.
    if (dirent.name.includes("\u{fffd}")) continue;
    if (dirent.isFile()) entries.push({ name: dirent.name, kind: "file" });
    else if (dirent.isDirectory()) entries.push({ name: dirent.name, kind: "directory" });
    else if (dirent.isSymbolicLink()) {
      if (stopped()) break;
      await addLink(path, dirent, view, entries, outside);
    }
  }
  return ok({ path, entries, outside, looked: dirents.length });
}

async function addLink(
  directory: string,
  dirent: Dirent,
  view: LinkView,
  entries: ListedEntry[],
  outside: { path: string; target: string }[],
): Promise<void> {
  const link = childPath(directory, dirent.name);
  const place = await view.resolve(link);
  if (place.kind === "outside") outside.push({ path: link, target: place.target });
  if (place.kind !== "inside" || !place.exists) return;
  const examined = await examine(place.path, view);
  if (!examined.ok) return;
  entries.push({ name: dirent.name, kind: examined.value.kind, linkTarget: examined.value.path });
}

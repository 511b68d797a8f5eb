import type { DirectoryEntry, FileMetadata } from "@novywave/contract/guest";
import * as host from "novywave:plugins/filesystem@0.1.0";
import { hostCall } from "./host-error.js";

/** What to look for. Only `directory` is needed; a relative one is relative to the workspace. */
export interface FindOptions {
  readonly directory: string;
  /** Without the dot, compared without case; none means any. */
  readonly extensions?: readonly string[];
  /** Patterns over the path relative to `directory`; none means any. */
  readonly globs?: readonly string[];
  /** Patterns of files and folders to leave out. */
  readonly exclude?: readonly string[];
  /** How many folders deep; 0 means the files of `directory` itself. */
  readonly maxDepth?: number | undefined;
}

export interface FoundFiles {
  /** Absolute, sorted. */
  readonly paths: readonly string[];
  /** What the host left out and why. */
  readonly notes: readonly string[];
}

const pageSize = 10_000;

/** Files below a folder, all pages of them. The host walks and filters. Throws `HostError`. */
export function findFiles(options: FindOptions): FoundFiles {
  const paths: string[] = [];
  const notes = new Set<string>();
  let cursor: string | null | undefined;
  do {
    const page = hostCall("filesystem.find-files", () =>
      host.findFiles({
        directory: options.directory,
        extensions: options.extensions ?? [],
        globs: options.globs ?? [],
        exclude: options.exclude ?? [],
        maxDepth: options.maxDepth,
        cursor,
        limit: pageSize,
      }),
    );
    for (const path of page.paths) paths.push(path);
    for (const note of page.notes) notes.add(note);
    cursor = page.next;
  } while (typeof cursor === "string");
  return { paths, notes: [...notes] };
}

/** The entries of one folder, sorted by path. Throws `HostError`. */
export function listDir(directory: string): readonly DirectoryEntry[] {
  return hostCall("filesystem.list-dir", () => host.listDir(directory));
}

/** What a path is, how large and how old. Throws `HostError`. */
export function readMetadata(path: string): FileMetadata {
  return hostCall("filesystem.read-metadata", () => host.readMetadata(path));
}

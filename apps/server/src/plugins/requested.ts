import {
  defaultLimits,
  limitKey,
  limitNames,
  sortFolders,
  type Manifest,
  type PluginLimits,
  type WorldName,
} from "@novywave/plugin-host";
import type { PluginEntry } from "./plugin-entry.js";

/** A folder outside of the workspace, and what names it. */
export interface RequestedFolder {
  /** Canonical. */
  readonly path: string;
  readonly reason: string;
}

/** The folders that an entry names: where it looks, and what is watched for it. */
export interface RequestedFolders {
  /** Canonical, inside of the workspace: granted by opening it. */
  readonly inside: readonly string[];
  readonly outside: readonly RequestedFolder[];
  /** As written: no such place. */
  readonly invalid: readonly string[];
}

/** @param world of the plugin, where it is known: those of NovyWave 0.2 have a folder of their own in their configuration */
export async function requestedFolders(
  entry: PluginEntry,
  root: string,
  world?: WorldName,
): Promise<RequestedFolders> {
  const { directories, base_dir: baseDir } = entry.config;
  const named: readonly (readonly [reason: string, folders: readonly string[]])[] = [
    [
      "config.directories of its entry names it",
      Array.isArray(directories)
        ? directories.filter((item): item is string => typeof item === "string")
        : [],
    ],
    [
      "config.base_dir of its entry names it",
      world === "files-discovery" && typeof baseDir === "string" ? [baseDir] : [],
    ],
    ["watch.directories of its entry names it", entry.watch?.directories ?? []],
  ];
  const inside = new Set<string>();
  const outside = new Map<string, string>();
  const invalid = new Set<string>();
  for (const [reason, folders] of named) {
    const sorted = await sortFolders(root, folders);
    for (const folder of sorted.inside) inside.add(folder);
    for (const folder of sorted.outside) outside.set(folder, outside.get(folder) ?? reason);
    for (const folder of sorted.invalid) invalid.add(folder);
  }
  return {
    inside: [...inside],
    outside: [...outside].map(([path, reason]) => ({ path, reason })),
    invalid: [...invalid],
  };
}

/** The limits of a plugin: the defaults, changed by its manifest, changed by its entry. */
export function requestedLimits(entry: PluginEntry, manifest: Manifest): PluginLimits {
  const limits: { -readonly [K in keyof PluginLimits]: PluginLimits[K] } = { ...defaultLimits };
  const given: Record<string, unknown> = { ...manifest.limits, ...entry.limits };
  for (const name of limitNames) {
    const value = given[name];
    if (typeof value === "number") limits[name] = value;
  }
  return limits;
}

/** What sets a limit. */
export function limitReason(name: keyof PluginLimits, entry: PluginEntry): string {
  return entry.limits?.[name] === undefined
    ? `${limitKey(name)} in the manifest of the plugin sets it`
    : `limits.${limitKey(name)} of its entry sets it`;
}

/** The limits that lie above the defaults: each needs the user's approval. */
export function raisedLimits(limits: PluginLimits): Partial<PluginLimits> {
  return Object.fromEntries(
    limitNames.filter((name) => limits[name] > defaultLimits[name]).map((name) => [name, limits[name]]),
  );
}

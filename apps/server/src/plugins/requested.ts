import { defaultLimits, limitNames, type Manifest, type PluginLimits } from "@novywave/plugin-host";
import type { PluginEntry } from "./plugin-entry.js";

/** The folders that an entry names, as written: where it looks, and what is watched for it. */
export function requestedFolders(entry: PluginEntry): readonly string[] {
  const { directories } = entry.config;
  const configured = Array.isArray(directories)
    ? directories.filter((item): item is string => typeof item === "string")
    : [];
  return [...new Set([...configured, ...(entry.watch?.directories ?? [])])];
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

/** The limits that lie above the defaults: each needs the user's approval. */
export function raisedLimits(limits: PluginLimits): Partial<PluginLimits> {
  return Object.fromEntries(
    limitNames.filter((name) => limits[name] > defaultLimits[name]).map((name) => [name, limits[name]]),
  );
}

import type { PluginEntry } from "./plugin-entry.js";

/** What a session leaves out, whatever the file says. */
export interface SessionMode {
  /** No plugin runs. */
  readonly safeMode: boolean;
  /** One file was opened: its folder is not searched for others. */
  readonly singleFile: boolean;
}

const scanner = "novywave.waveform_scanner";

/** Marks the entries that do not run in this session; the file is not touched by that. */
export function suspend(entries: readonly PluginEntry[], mode: SessionMode): readonly PluginEntry[] {
  return entries.map((entry) => {
    if (!entry.enabled) return entry;
    if (mode.safeMode) return { ...entry, suspended: "Safe mode: no plugin runs in this session" };
    if (mode.singleFile && entry.id === scanner) {
      return { ...entry, suspended: "A single file is open, its folder is not searched" };
    }
    return entry;
  });
}

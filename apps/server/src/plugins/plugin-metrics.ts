import type { PluginStats } from "@novywave/plugin-host";

/** What one plugin has used, on the debug relay and on `/metrics`. */
export interface PluginMetrics {
  readonly pluginId: string;
  /** Times that it ended without having been asked to, since the server started. */
  readonly deaths: number;
  /** Times that it was started. */
  readonly starts: number;
  /**
   * Counters of all its instances since the server started; memory, queue and recent durations of the running one, or of
   * the last. Absent until one has run.
   */
  readonly stats?: PluginStats;
}

/** The numbers of a plugin by name, flat, for its status: `calls`, `handle-event.p99Ms`, `shed.relay.publish`. */
export function flatNumbers({ stats, deaths, starts }: PluginMetrics): Record<string, number> {
  const numbers: Record<string, number> = { deaths, starts, restarts: Math.max(0, starts - 1) };
  if (!stats) return numbers;
  const { calls, errors, traps, hostCalls, denied, memoryBytes, liftedBytes, queueDepth, exports } = stats;
  Object.assign(numbers, { calls, errors, traps, hostCalls, denied, memoryBytes, liftedBytes, queueDepth });
  for (const [name, each] of Object.entries(exports)) {
    for (const key of ["calls", "errors", "traps", "p50Ms", "p99Ms", "maxMs"] as const) {
      numbers[`${name}.${key}`] = each[key];
    }
  }
  const handleEvent = exports["handle-event"];
  if (handleEvent) Object.assign(numbers, { p50Ms: handleEvent.p50Ms, p99Ms: handleEvent.p99Ms });
  numbers["shed"] = 0;
  for (const [what, count] of Object.entries(stats.shed)) {
    numbers["shed"] += count;
    numbers[`shed.${what}`] = count;
  }
  return numbers;
}

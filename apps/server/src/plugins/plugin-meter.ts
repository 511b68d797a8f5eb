import type { ExportStats, PluginStats } from "@novywave/plugin-host";

/** Something that counts, as a plugin's instance does. */
export interface Counted {
  readonly stats: PluginStats;
}

interface Meter {
  /** Of instances that are gone. */
  before: PluginStats | undefined;
  /** Gone since the last reading: the call in which they ended may not be counted yet. */
  ended: Counted[];
  instance: Counted | undefined;
}

/** Adds up what the instances of each plugin used, one after the other: a counter that starts anew tells nothing of a crash. */
export class PluginMeter {
  readonly #meters = new Map<string, Meter>();

  /** Says which instance of a plugin runs now, if any. */
  follow(pluginId: string, instance: Counted | undefined): void {
    const meter = this.#meters.get(pluginId);
    if (!meter) {
      if (instance) this.#meters.set(pluginId, { before: undefined, ended: [], instance });
      return;
    }
    if (meter.instance === instance) return;
    if (meter.instance) meter.ended.push(meter.instance);
    meter.instance = instance;
  }

  /** All that the plugin used; undefined until an instance of it ran. */
  read(pluginId: string): PluginStats | undefined {
    const meter = this.#meters.get(pluginId);
    if (!meter) return undefined;
    for (const { stats } of meter.ended) meter.before = meter.before ? add(meter.before, stats) : stats;
    meter.ended = [];
    const { before, instance } = meter;
    if (!instance) return before && { ...before, memoryBytes: 0, queueDepth: 0 };
    return before ? add(before, instance.stats) : instance.stats;
  }

  forget(pluginId: string): void {
    this.#meters.delete(pluginId);
  }
}

function add(before: PluginStats, now: PluginStats): PluginStats {
  const exports: Record<string, ExportStats> = { ...before.exports };
  for (const [name, each] of Object.entries(now.exports)) {
    const earlier = exports[name];
    exports[name] = earlier
      ? {
          ...each,
          calls: earlier.calls + each.calls,
          errors: earlier.errors + each.errors,
          traps: earlier.traps + each.traps,
          sumMs: earlier.sumMs + each.sumMs,
          maxMs: Math.max(earlier.maxMs, each.maxMs),
        }
      : each;
  }
  const shed: Record<string, number> = { ...before.shed };
  for (const [what, count] of Object.entries(now.shed)) shed[what] = (shed[what] ?? 0) + count;
  return {
    calls: before.calls + now.calls,
    errors: before.errors + now.errors,
    traps: before.traps + now.traps,
    hostCalls: before.hostCalls + now.hostCalls,
    denied: before.denied + now.denied,
    droppedLogs: before.droppedLogs + now.droppedLogs,
    liftedBytes: before.liftedBytes + now.liftedBytes,
    memoryBytes: now.memoryBytes,
    queueDepth: now.queueDepth,
    shed,
    exports,
  };
}

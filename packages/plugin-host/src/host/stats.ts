/** Durations of one export, milliseconds. */
export interface ExportStats {
  readonly calls: number;
  /** Answers with an error. */
  readonly errors: number;
  readonly traps: number;
  /** Of the last calls. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /** Of all calls together. */
  readonly sumMs: number;
}

/** What a plugin has used so far. */
export interface PluginStats {
  readonly calls: number;
  readonly errors: number;
  readonly traps: number;
  readonly hostCalls: number;
  /** Host calls that were refused. */
  readonly denied: number;
  /** Log messages dropped by the limit. */
  readonly droppedLogs: number;
  /**
   * What was turned away because a limit was reached, by what it was: a host function (`relay.publish`, `logging.log`),
   * or `events`.
   */
  readonly shed: Readonly<Record<string, number>>;
  /** Bytes lifted out of the guest. */
  readonly liftedBytes: number;
  /** Bytes of linear memory after the last call. */
  readonly memoryBytes: number;
  /** Events that wait. */
  readonly queueDepth: number;
  /** By export: `init`, `handle-event`, `shutdown`, `greet`. */
  readonly exports: Readonly<Record<string, ExportStats>>;
}

const reservoirSize = 256;

interface Counter {
  calls: number;
  errors: number;
  traps: number;
  maxMs: number;
  sumMs: number;
  /** A ring of the last durations. */
  readonly recent: number[];
}

/** Counts calls and keeps the last durations of each export. */
export class StatsRecorder {
  readonly #exports = new Map<string, Counter>();
  hostCalls = 0;
  denied = 0;
  droppedLogs = 0;
  memoryBytes = 0;
  liftedBytes = 0;
  readonly #shed = new Map<string, number>();

  /** Something was turned away. `what` is one of a fixed number of names. */
  shed(what: string): void {
    this.#shed.set(what, (this.#shed.get(what) ?? 0) + 1);
  }

  record(exportName: string, durationMs: number, outcome: "ok" | "error" | "trap"): void {
    let counter = this.#exports.get(exportName);
    if (!counter) {
      counter = { calls: 0, errors: 0, traps: 0, maxMs: 0, sumMs: 0, recent: [] };
      this.#exports.set(exportName, counter);
    }
    counter.recent[counter.calls % reservoirSize] = durationMs;
    counter.calls++;
    counter.maxMs = Math.max(counter.maxMs, durationMs);
    counter.sumMs += durationMs;
    if (outcome === "error") counter.errors++;
    if (outcome === "trap") counter.traps++;
  }

  snapshot(queueDepth: number): PluginStats {
    const exports: Record<string, ExportStats> = {};
    const total = { calls: 0, errors: 0, traps: 0 };
    for (const [name, counter] of this.#exports) {
      const sorted = counter.recent.toSorted((a, b) => a - b);
      total.calls += counter.calls;
      total.errors += counter.errors;
      total.traps += counter.traps;
      exports[name] = {
        calls: counter.calls,
        errors: counter.errors,
        traps: counter.traps,
        p50Ms: percentile(sorted, 0.5),
        p99Ms: percentile(sorted, 0.99),
        maxMs: counter.maxMs,
        sumMs: counter.sumMs,
      };
    }
    return {
      ...total,
      hostCalls: this.hostCalls,
      denied: this.denied,
      droppedLogs: this.droppedLogs,
      shed: {
        ...Object.fromEntries(this.#shed),
        ...(this.droppedLogs > 0 ? { "logging.log": this.droppedLogs } : {}),
      },
      liftedBytes: this.liftedBytes,
      memoryBytes: this.memoryBytes,
      queueDepth,
      exports,
    };
  }
}

/** The nearest-rank percentile of sorted numbers; 0 of none. */
function percentile(sorted: readonly number[], p: number): number {
  return sorted[Math.max(0, Math.ceil(p * sorted.length) - 1)] ?? 0;
}

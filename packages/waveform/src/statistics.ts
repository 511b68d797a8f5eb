import type { SignalKind, WaveformInfo } from "./model.js";
import { FullNames } from "./query/names.js";
import { signalBatches } from "./store/signal-batches.js";
import { readWaveformFile, type ReadOptions, type WaveformData } from "./read-waveform.js";

/** How much happens in a waveform, and where. */
export interface Statistics {
  readonly info: WaveformInfo;
  /** Changes of value over all signals. */
  readonly transitions: number;
  readonly kinds: Readonly<Record<SignalKind, { readonly signals: number; readonly transitions: number }>>;
  /** Digits of all signals of bits together, and of the widest. */
  readonly digits: number;
  readonly widest: number;
  /** Signals without a value, and those with one value throughout. */
  readonly silent: number;
  readonly constant: number;
  /** Distinct times at which something changes. */
  readonly times: number;
  /** The signals with the most changes, in that order. */
  readonly active: readonly ActiveSignal[];
}

export interface ActiveSignal {
  /** Full name of its first variable, and how many variables show it. */
  readonly name: string;
  readonly variables: number;
  readonly width: number;
  readonly transitions: number;
}

/** Reads a file and counts, with the `top` most active signals. Throws `ReadFailure`. */
export async function readStatistics(
  path: string,
  top: number,
  options: ReadOptions = {},
): Promise<Statistics> {
  const data = await readWaveformFile(path, options);
  try {
    return await count(data, top);
  } finally {
    data.close();
  }
}

async function count({ info, builder }: WaveformData, top: number): Promise<Statistics> {
  const { signals, hierarchy, times } = builder;
  const kinds: Record<SignalKind, { signals: number; transitions: number }> = {
    bits: { signals: 0, transitions: 0 },
    real: { signals: 0, transitions: 0 },
    string: { signals: 0, transitions: 0 },
    event: { signals: 0, transitions: 0 },
  };
  const counts = new Uint32Array(signals.length);
  let digits = 0;
  let widest = 0;
  let transitions = 0;
  const all = Uint32Array.from({ length: signals.length }, (_, signal) => signal);
  for await (const batch of signalBatches(builder, all)) {
    for (const signal of batch) {
      const count = signals.count(signal);
      const kind = signals.kind(signal);
      counts[signal] = count;
      transitions += count;
      kinds[kind].signals++;
      kinds[kind].transitions += count;
      if (kind !== "bits") continue;
      digits += signals.width(signal);
      widest = Math.max(widest, signals.width(signal));
    }
  }
  const most = Array.from(counts.keys())
    .sort((a, b) => (counts[b] ?? 0) - (counts[a] ?? 0) || a - b)
    .slice(0, top)
    .filter((signal) => (counts[signal] ?? 0) > 0);
  const shown = new Map(most.map((signal) => [signal, { first: -1, variables: 0 }]));
  for (let id = 0; id < hierarchy.variables; id++) {
    const entry = shown.get(hierarchy.variableSignal(id));
    if (entry === undefined) continue;
    if (entry.first < 0) entry.first = id;
    entry.variables++;
  }
  const names = new FullNames(hierarchy);
  return {
    info,
    transitions,
    kinds,
    digits,
    widest,
    silent: counts.filter((count) => count === 0).length,
    constant: counts.filter((count) => count === 1).length,
    times: times.length,
    active: most.map((signal) => {
      const { first, variables } = shown.get(signal) ?? { first: -1, variables: 0 };
      return {
        name: first < 0 ? "" : names.variable(first),
        variables,
        width: signals.kind(signal) === "bits" ? signals.width(signal) : 1,
        transitions: counts[signal] ?? 0,
      };
    }),
  };
}

import type { WaveformQueries } from "../query/waveform-queries.js";
import { blackoutsOf } from "../store/blackouts.js";
import type { WaveformBuilder } from "../store/waveform-builder.js";

/** Everything that can be seen of a file, for comparing two ways of reading it. */
export function everythingIn(
  builder: WaveformBuilder,
  queries: WaveformQueries,
  transitions: number,
): unknown {
  const signals = Array.from({ length: builder.signals.length }, (_, i) => i);
  const ticks = Array.from({ length: builder.times.length }, (_, i) => builder.times.at(i));
  return {
    variables: queries.variables({ offset: 0, limit: 100 }),
    warnings: builder.warnings,
    blackouts: blackoutsOf(builder.dumpSwitches),
    start: builder.start,
    end: builder.end,
    transitions,
    counts: signals.map((signal) => builder.signals.count(signal)),
    values: ticks.map((tick) => [tick, queries.values(signals, tick)]),
    next: ticks.map((tick) => signals.map((signal) => queries.findTransition(signal, tick, "next"))),
  };
}

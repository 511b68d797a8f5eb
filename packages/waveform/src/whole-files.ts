import type { Result } from "@novywave/base";
import type { Comparison } from "./compare/compare-files.js";
import type { WaveformError } from "./model.js";
import type { Statistics } from "./statistics.js";
import { runTask, type TaskOptions } from "./worker/run-task.js";

/**
 * Compares two files of any readable formats, in a thread of its own: variables by full name, values at every time up to
 * the earlier end.
 */
export function compareWaveforms(
  a: string,
  b: string,
  options: TaskOptions = {},
): Promise<Result<Comparison, WaveformError>> {
  return runTask({ kind: "compare", path: a, other: b }, options, (message) =>
    message.kind === "compared" ? message.result : undefined,
  );
}

/** Counts what happens in a file, in a thread of its own, with its `top` most active signals. */
export function waveformStatistics(
  path: string,
  options: TaskOptions & { readonly top?: number | undefined } = {},
): Promise<Result<Statistics, WaveformError>> {
  return runTask({ kind: "count", path, top: options.top ?? 20 }, options, (message) =>
    message.kind === "counted" ? message.result : undefined,
  );
}

import { rm } from "node:fs/promises";
import type { Result } from "@novywave/base";
import { temporaryFor } from "./export-file.js";
import type { WaveformError } from "./model.js";
import type { OpenOptions } from "./open-waveform.js";
import type { Selection } from "./select-variables.js";
import type { ExportResult } from "./worker/messages.js";
import { runTask } from "./worker/run-task.js";

/**
 * Writes any readable waveform file as VCD, in a thread of its own. `outPath` is replaced as a whole or not at all; it
 * may not be the input, also not by another name, and if it exists it must be a regular file.
 */
export function exportVcd(
  path: string,
  outPath: string,
  options: OpenOptions & {
    /** What to write; without it all. Errors "not-in-file" and "bad-time". */
    readonly selection?: Selection | undefined;
  } = {},
): Promise<Result<ExportResult, WaveformError>> {
  const { maxBytes, selection, memoryBudget } = options;
  const temporary = temporaryFor(outPath);
  return runTask(
    { kind: "export", path, outPath, temporary, maxBytes, selection, memoryBudget },
    options,
    (message) => (message.kind === "exported" ? message.result : undefined),
    () => rm(temporary, { force: true }),
  );
}

import { rm } from "node:fs/promises";
import { err, ok, type Result } from "@novywave/base";
import { temporaryFor } from "./export-file.js";
import type { WaveformError } from "./model.js";
import type { OpenOptions } from "./open-waveform.js";
import type { ExportResult } from "./worker/messages.js";
import { startWorker } from "./worker/waveform-worker.js";

/**
 * Writes any readable waveform file as VCD, in a thread of its own. `outPath` is replaced as a whole or not at all; it
 * may not be the input, also not by another name, and if it exists it must be a regular file.
 */
export function exportVcd(
  path: string,
  outPath: string,
  options: OpenOptions = {},
): Promise<Result<ExportResult, WaveformError>> {
  const { signal, onProgress, maxBytes } = options;
  return new Promise((resolve) => {
    const cancelled = (): Result<never, WaveformError> =>
      err({ code: "cancelled", message: "The export was cancelled", path });
    if (signal?.aborted === true) {
      resolve(cancelled());
      return;
    }
    const abort = (): void => finish(cancelled());
    const temporary = temporaryFor(outPath);
    const worker = startWorker(
      { kind: "export", path, outPath, temporary, maxBytes },
      {
        message(message) {
          if (message.kind === "progress") onProgress?.(message.progress);
          else if (message.kind === "exported") finish(ok(message.result));
          else if (message.kind === "failed") finish(err(message.error));
        },
        end: (error) => finish(err(error)),
      },
    );
    signal?.addEventListener("abort", abort, { once: true });
    let finished = false;
    const finish = (result: Result<ExportResult, WaveformError>): void => {
      if (finished) return;
      finished = true;
      signal?.removeEventListener("abort", abort);
      void worker
        .terminate()
        .then(() => rm(temporary, { force: true }))
        // What could not be removed is no reason to lose what the export itself says.
        .catch(() => undefined)
        .then(() => resolve(result));
    };
  });
}

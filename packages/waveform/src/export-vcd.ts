import { err, ok, type Result } from "@novywave/base";
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
    const worker = startWorker(
      { kind: "export", path, outPath, maxBytes },
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
    const finish = (result: Result<ExportResult, WaveformError>): void => {
      signal?.removeEventListener("abort", abort);
      void worker.terminate();
      resolve(result);
    };
  });
}

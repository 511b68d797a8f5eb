import { err, ok, type Result } from "@novywave/base";
import type { WaveformError, WaveformInfo } from "./model.js";
import type { OpenOptions } from "./open-waveform.js";
import { startWorker } from "./worker/waveform-worker.js";

/**
 * Learns what a waveform file holds, in a thread of its own, without opening it: hierarchy, start and end. Of a VCD file
 * the declarations and the last lines are read, and not the changes between; they are not counted.
 */
export function describeWaveform(
  path: string,
  options: Pick<OpenOptions, "signal" | "maxBytes" | "noLinks"> = {},
): Promise<Result<WaveformInfo, WaveformError>> {
  const { signal, maxBytes, noLinks } = options;
  return new Promise((resolve) => {
    const cancelled = err<WaveformError>({
      code: "cancelled",
      message: "Looking at the file was cancelled",
      path,
    });
    if (signal?.aborted === true) {
      resolve(cancelled);
      return;
    }
    const abort = (): void => finish(cancelled);
    const worker = startWorker(
      { kind: "describe", path, maxBytes, noLinks },
      {
        message(message) {
          if (message.kind === "described") finish(ok(message.info));
          else if (message.kind === "failed") finish(err(message.error));
        },
        end: (error) => finish(err(error)),
      },
    );
    signal?.addEventListener("abort", abort, { once: true });
    const finish = (result: Result<WaveformInfo, WaveformError>): void => {
      signal?.removeEventListener("abort", abort);
      void worker.terminate();
      resolve(result);
    };
  });
}

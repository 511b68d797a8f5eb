import { err, ok, type Result } from "@novywave/base";
import type { WaveformError } from "../model.js";
import type { ReadProgress } from "../read-waveform.js";
import type { WorkerMessage, WorkerTask } from "./messages.js";
import { startWorker } from "./waveform-worker.js";

export interface TaskOptions {
  /** Aborting it ends the thread at once; the result is the error "cancelled". */
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: ReadProgress) => void) | undefined;
}

/**
 * Does one piece of work in a thread of its own. `take` picks the answer from what the thread says; `tidy` runs when the
 * thread has ended, before the result is given.
 */
export function runTask<T>(
  task: WorkerTask,
  { signal, onProgress }: TaskOptions,
  take: (message: WorkerMessage) => T | undefined,
  tidy: () => Promise<void> = () => Promise.resolve(),
): Promise<Result<T, WaveformError>> {
  return new Promise((resolve) => {
    const cancelled = (): Result<never, WaveformError> =>
      err({ code: "cancelled", message: `The ${NAMES[task.kind]} was cancelled`, path: task.path });
    if (signal?.aborted === true) {
      resolve(cancelled());
      return;
    }
    const abort = (): void => finish(cancelled());
    const worker = startWorker(task, {
      message(message) {
        if (message.kind === "progress") onProgress?.(message.progress);
        else if (message.kind === "failed") finish(err(message.error));
        else {
          const answer = take(message);
          if (answer !== undefined) finish(ok(answer));
        }
      },
      end: (error) => finish(err(error)),
    });
    signal?.addEventListener("abort", abort, { once: true });
    let finished = false;
    const finish = (result: Result<T, WaveformError>): void => {
      if (finished) return;
      finished = true;
      signal?.removeEventListener("abort", abort);
      void worker
        .terminate()
        .then(tidy)
        // What could not be tidied up is no reason to lose what the work itself says.
        .catch(() => undefined)
        .then(() => resolve(result));
    };
  });
}

const NAMES: Readonly<Record<WorkerTask["kind"], string>> = {
  open: "reading",
  export: "export",
  compare: "comparison",
  count: "counting",
};

import { Worker, type ResourceLimits } from "node:worker_threads";
import type { WaveformError } from "../model.js";
import type { WorkerMessage, WorkerTask } from "./messages.js";

/** Starts the thread of one waveform. `on.end` is called once, with the reason, when it ends. */
export function startWorker(
  task: WorkerTask,
  on: { message: (message: WorkerMessage) => void; end: (error: WaveformError) => void },
  resourceLimits: ResourceLimits = {},
): Worker {
  const worker = new Worker(new URL("../../dist/worker.js", import.meta.url), {
    workerData: task,
    // The host's flags (a test runner's, for example) are no business of the reader.
    execArgv: [],
    resourceLimits,
    name: "novywave-waveform",
  });
  worker.on("message", (message: WorkerMessage) => on.message(message));
  whenEnded(worker, () => task.path, on.end);
  return worker;
}

/** Calls `tell` once, with the reason, when a thread ends that reads the file at `path()`. */
export function whenEnded(worker: Worker, path: () => string, tell: (error: WaveformError) => void): void {
  let ended = false;
  const end = (error: WaveformError): void => {
    if (ended) return;
    ended = true;
    tell(error);
  };
  worker.on("messageerror", (error) => end(died(path(), error.message)));
  worker.on("error", (error: Error & { code?: unknown }) => {
    if (error.code === "ERR_WORKER_OUT_OF_MEMORY") {
      end({
        code: "out-of-memory",
        message: "There is not enough memory to read this file",
        path: path(),
      });
    } else {
      end(died(path(), error.message));
    }
  });
  worker.on("exit", (code) => end(died(path(), `exit code ${code}`)));
}

function died(path: string, cause: string): WaveformError {
  return {
    code: "worker-died",
    message: `The thread that reads this file ended unexpectedly (${cause}). Open the file again.`,
    path,
  };
}

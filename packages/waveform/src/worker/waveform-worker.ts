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
  let ended = false;
  const end = (error: WaveformError): void => {
    if (ended) return;
    ended = true;
    on.end(error);
  };
  worker.on("message", (message: WorkerMessage) => on.message(message));
  worker.on("messageerror", (error) => end(died(task.path, error.message)));
  worker.on("error", (error: Error & { code?: unknown }) => {
    if (error.code === "ERR_WORKER_OUT_OF_MEMORY") {
      end({
        code: "out-of-memory",
        message: "There is not enough memory to read this file",
        path: task.path,
      });
    } else {
      end(died(task.path, error.message));
    }
  });
  worker.on("exit", (code) => end(died(task.path, `exit code ${code}`)));
  return worker;
}

function died(path: string, cause: string): WaveformError {
  return {
    code: "worker-died",
    message: `The thread that reads this file ended unexpectedly (${cause}). Open the file again.`,
    path,
  };
}

// A thread that tells of one file after the other what it holds, for nobody who waits.
import { setPriority } from "node:os";
import { parentPort } from "node:worker_threads";
import { defined } from "@novywave/base";
import type { DescribeAnswer, DescribeTask } from "./describer.js";
import { toWaveformError } from "./failure.js";
import { describeWaveformFile } from "./read-waveform.js";

/** The niceness of work that can wait. */
const LOW = 15;

const port = defined(parentPort, "the port of the describing worker");

// On Linux each thread has a priority of its own, elsewhere only the process.
if (process.platform === "linux") {
  try {
    setPriority(LOW);
  } catch {
    // Then it runs as everything else does.
  }
}

port.on("message", (task: DescribeTask) => port.postMessage(answer(task)));

function answer({ path, ...options }: DescribeTask): DescribeAnswer {
  try {
    return { ok: true, value: describeWaveformFile(path, options) };
  } catch (error) {
    const failure = toWaveformError(error, path);
    if (failure === undefined) throw error;
    return { ok: false, error: failure };
  }
}

import { parentPort, workerData, type MessagePort } from "node:worker_threads";
import { defined } from "@novywave/base";
import { exportVcdFile } from "./export-file.js";
import { toWaveformError } from "./failure.js";
import { WaveformQueries } from "./query/waveform-queries.js";
import { readWaveformFile, type ReadProgress } from "./read-waveform.js";
import type { Question, WorkerMessage, WorkerTask } from "./worker/messages.js";

/** Bytes between two reports of progress. */
const REPORT_EVERY = 4 << 20;

/** The thread of one waveform: reads it, owns what was read, answers questions about it. */
function main(port: MessagePort, task: WorkerTask): void {
  const say = (message: WorkerMessage): void => port.postMessage(message);
  let reported = -REPORT_EVERY;
  const onProgress = (progress: ReadProgress): void => {
    if (progress.bytesRead - reported < REPORT_EVERY && progress.bytesRead < progress.bytesTotal) return;
    reported = progress.bytesRead;
    say({ kind: "progress", progress });
  };
  try {
    if (task.kind === "export") {
      const { path, outPath, temporary, maxBytes } = task;
      const result = exportVcdFile(path, outPath, { maxBytes, onProgress, temporary });
      say({ kind: "exported", result });
      port.close();
      return;
    }
    const { maxBytes, noLinks } = task;
    const { info, builder } = readWaveformFile(task.path, { maxBytes, noLinks, onProgress });
    const queries = new WaveformQueries(builder);
    port.on("message", (question: Question) => answer(port, queries, question));
    say({ kind: "opened", info });
  } catch (error) {
    const failure = toWaveformError(error, task.path);
    if (failure === undefined) throw error;
    say({ kind: "failed", error: failure });
    port.close();
  }
}

function answer(port: MessagePort, queries: WaveformQueries, question: Question): void {
  const { id } = question;
  try {
    switch (question.kind) {
      case "scopes":
        return port.postMessage({ kind: "answer", id, answer: queries.scopes(question.query) });
      case "variables":
        return port.postMessage({ kind: "answer", id, answer: queries.variables(question.query) });
      case "resolve":
        return port.postMessage({ kind: "answer", id, answer: queries.resolve(question.query) });
      case "columns": {
        const buffer = queries.columns(question.query);
        return port.postMessage({ kind: "answer", id, answer: buffer }, [buffer]);
      }
      case "values": {
        const { signals, time } = question.query;
        return port.postMessage({ kind: "answer", id, answer: queries.values(signals, time) });
      }
      case "findTransition": {
        const { signal, time, direction } = question.query;
        return port.postMessage({
          kind: "answer",
          id,
          answer: queries.findTransition(signal, time, direction),
        });
      }
    }
  } catch (error) {
    // A query that makes no sense is refused; the waveform stays usable.
    port.postMessage({
      kind: "refused",
      id,
      message: error instanceof Error ? error.message : String(error),
    });
  }
}

main(defined(parentPort, "the port of the worker"), workerData);

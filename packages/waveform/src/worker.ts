import { parentPort, workerData, type MessagePort } from "node:worker_threads";
import { assertNever, defined } from "@novywave/base";
import { exportVcdFile } from "./export-file.js";
import { toWaveformError } from "./failure.js";
import { WaveformQueries } from "./query/waveform-queries.js";
import { readWaveformFile, type ReadProgress } from "./read-waveform.js";
import type { SignalLoader } from "./store/signal-loader.js";
import type { Question, WorkerMessage, WorkerTask } from "./worker/messages.js";

/** Bytes between two reports of progress. */
const REPORT_EVERY = 4 << 20;

/** The thread of one waveform: reads it, owns what was read, answers questions about it. */
async function main(port: MessagePort, task: WorkerTask): Promise<void> {
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
      const result = await exportVcdFile(path, outPath, { maxBytes, onProgress, temporary });
      say({ kind: "exported", result });
      port.close();
      return;
    }
    const { maxBytes, noLinks } = task;
    const { info, builder } = readWaveformFile(task.path, { maxBytes, noLinks, onProgress });
    const queries = new WaveformQueries(builder);
    const { loader } = builder;
    // Loads must not overlap, and no signal may go between its loading and the answer: one question after the other.
    let last = Promise.resolve();
    port.on("message", (question: Question) => {
      const signals = loader === undefined ? [] : signalsOf(question);
      if (loader === undefined || signals === undefined) answer(port, queries, question);
      else last = last.then(() => answerLoaded(port, queries, question, loader, signals));
    });
    say({ kind: "opened", info });
  } catch (error) {
    const failure = toWaveformError(error, task.path);
    if (failure === undefined) throw error;
    say({ kind: "failed", error: failure });
    port.close();
  }
}

/** The signals that must be loaded for a question; `undefined` if it is not about signals. */
function signalsOf(question: Question): readonly number[] | undefined {
  switch (question.kind) {
    case "scopes":
    case "variables":
    case "resolve":
      return undefined;
    case "columns":
      return question.query.rows.map(({ signal }) => signal);
    case "values":
      return question.query.signals;
    case "findTransition":
      return [question.query.signal];
    case "transitions":
      return [];
    default:
      return assertNever(question);
  }
}

/** Answers a question about signals that are loaded first. */
async function answerLoaded(
  port: MessagePort,
  queries: WaveformQueries,
  question: Question,
  loader: SignalLoader,
  signals: readonly number[],
): Promise<void> {
  const { id } = question;
  try {
    if (question.kind === "transitions") {
      port.postMessage({ kind: "answer", id, answer: await loader.countTransitions() });
      return;
    }
    await loader.load(signals);
    answer(port, queries, question);
  } catch (error) {
    port.postMessage({
      kind: "refused",
      id,
      message: error instanceof Error ? error.message : String(error),
    });
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
      case "transitions":
        return port.postMessage({ kind: "answer", id, answer: queries.transitions });
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

await main(defined(parentPort, "the port of the worker"), workerData);

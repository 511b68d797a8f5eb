import { parentPort, workerData, type MessagePort } from "node:worker_threads";
import { assertNever, defined, err, ok } from "@novywave/base";
import { compareFiles, OtherFileFailure } from "./compare/compare-files.js";
import { exportVcdFile } from "./export-file.js";
import { toWaveformError } from "./failure.js";
import type { WaveformInfo } from "./model.js";
import { readWaveformFile, type ReadProgress, type WaveformData } from "./read-waveform.js";
import { readStatistics } from "./statistics.js";
import type { WaveformBuilder } from "./store/waveform-builder.js";
import { Answering } from "./worker/answering.js";
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
    switch (task.kind) {
      case "open":
        await open(port, task, onProgress);
        return;
      case "export": {
        const { path, outPath } = task;
        const result = await exportVcdFile(path, outPath, { ...task, onProgress });
        say({ kind: "exported", result });
        break;
      }
      case "compare":
        say({ kind: "compared", result: await compareFiles(task.path, task.other, { onProgress }) });
        break;
      case "count":
        say({ kind: "counted", result: await readStatistics(task.path, task.top, { onProgress }) });
        break;
      default:
        assertNever(task);
    }
    port.close();
  } catch (error) {
    const of = error instanceof OtherFileFailure ? error : { cause: error, path: task.path };
    const failure = toWaveformError(of.cause, of.path);
    if (failure === undefined) throw of.cause;
    say({ kind: "failed", error: failure });
    port.close();
  }
}

async function open(
  port: MessagePort,
  task: WorkerTask & { kind: "open" },
  onProgress: (progress: ReadProgress) => void,
): Promise<void> {
  const say = (message: WorkerMessage): void => port.postMessage(message);
  let answering: Answering | undefined;
  let told = -REPORT_EVERY;
  const start = (builder: WaveformBuilder): Answering => {
    const started = new Answering(port, builder, () => data.then(refresh(task.path)));
    port.on("message", (question: Question) => started.take(question));
    return started;
  };
  const onGrown = (builder: WaveformBuilder, info: WaveformInfo): void => {
    if (answering === undefined) answering = start(builder);
    else answering.contentChanged();
    if (info.bytes - told < REPORT_EVERY) return;
    told = info.bytes;
    say({ kind: "grown", info });
  };
  const data = readWaveformFile(task.path, { ...task, onProgress, onGrown });
  const { info, builder } = await data;
  if (answering === undefined) answering = start(builder);
  else answering.contentChanged();
  say({ kind: "opened", info });
}

function refresh(path: string) {
  return async (data: WaveformData) => {
    try {
      return ok(await data.refresh());
    } catch (error) {
      const failure = toWaveformError(error, path);
      if (failure === undefined) throw error;
      return err(failure);
    }
  };
}

await main(defined(parentPort, "the port of the worker"), workerData);

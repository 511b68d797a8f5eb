import { Worker } from "node:worker_threads";
import { ReadFailure } from "../failure.js";
import { readSegment, type SegmentResult, type SegmentSetup, type SegmentTask } from "./segment.js";

/** Reads segments, several at a time. */
export interface SegmentPool extends Disposable {
  /** How many segments are read at a time. */
  readonly size: number;
  /** Rejects with a `ReadFailure` if it cannot be read, and when the pool is disposed. */
  read(task: SegmentTask): Promise<SegmentResult>;
}

interface Waiting {
  readonly task: SegmentTask;
  readonly resolve: (result: SegmentResult) => void;
  readonly reject: (error: Error) => void;
}

/** Threads that read segments of one file; each reads one at a time, the others wait in line. */
export function startSegmentPool(setup: SegmentSetup, size: number): SegmentPool {
  const waiting: Waiting[] = [];
  const idle: Worker[] = [];
  const busy = new Map<Worker, Waiting>();
  const workers: Worker[] = [];
  let failure: Error | undefined;

  const fail = (error: Error): void => {
    failure ??= error;
    for (const one of [...busy.values(), ...waiting.splice(0)]) one.reject(failure);
    busy.clear();
  };
  const next = (): void => {
    while (waiting.length > 0) {
      const worker = idle.pop() ?? start();
      if (worker === undefined) return;
      const one = waiting.shift();
      if (one === undefined) return;
      busy.set(worker, one);
      worker.postMessage(one.task, []);
    }
  };
  const start = (): Worker | undefined => {
    if (workers.length >= size) return undefined;
    const worker = new Worker(new URL("../../dist/segment-worker.js", import.meta.url), {
      workerData: setup,
      execArgv: [],
      name: "novywave-segment",
    });
    workers.push(worker);
    worker.on("message", (result: SegmentResult) => {
      const one = busy.get(worker);
      busy.delete(worker);
      idle.push(worker);
      one?.resolve(result);
      next();
    });
    worker.on("messageerror", fail);
    worker.on("exit", (code) =>
      fail(new Error(`the thread that reads a part of the file ended (code ${code})`)),
    );
    worker.on("error", (error: Error & { code?: unknown }) =>
      fail(
        error.code === "ERR_WORKER_OUT_OF_MEMORY"
          ? new ReadFailure("out-of-memory", "There is not enough memory to read this file")
          : error,
      ),
    );
    return worker;
  };
  return {
    size,
    read: (task) =>
      new Promise((resolve, reject) => {
        if (failure) return reject(failure);
        waiting.push({ task, resolve, reject });
        return next();
      }),
    [Symbol.dispose]() {
      fail(new ReadFailure("cancelled", "Reading was cancelled"));
      for (const worker of workers) void worker.terminate();
    },
  };
}

/** The same on the calling thread, for tests. */
export function localSegmentPool(setup: SegmentSetup): SegmentPool {
  return {
    size: 2,
    read: async (task) => readSegment(setup, task),
    [Symbol.dispose]() {},
  };
}

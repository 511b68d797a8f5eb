import { Worker } from "node:worker_threads";
import { err, type Result } from "@novywave/base";
import type { WaveformError, WaveformInfo } from "./model.js";
import { whenEnded } from "./worker/waveform-worker.js";

export interface DescribeOptions {
  /** Aborting it ends the work for this file; the result is the error "cancelled". */
  readonly signal?: AbortSignal | undefined;
  readonly maxBytes?: number | undefined;
  readonly noLinks?: boolean | undefined;
}

export interface DescribeTask extends Omit<DescribeOptions, "signal"> {
  readonly path: string;
}

export type DescribeAnswer = Result<WaveformInfo, WaveformError>;

/** Learns what waveform files hold without opening them. */
export interface Describer extends Disposable {
  /**
   * Hierarchy, start and end of a file. Of a VCD file the declarations and the last lines are read, and not the changes
   * between; they are not counted.
   */
  describe(path: string, options?: DescribeOptions): Promise<DescribeAnswer>;
}

interface Waiting {
  readonly task: DescribeTask;
  readonly resolve: (answer: DescribeAnswer) => void;
}

/** Milliseconds without work after which the thread ends. */
const IDLE_MS = 5_000;

/**
 * Describes one file after the other in one thread of low priority. The thread starts with the first file, ends when
 * there was nothing to do for a while, and is started anew when it dies of a file or that file is not wanted any more.
 */
export function startDescriber(): Describer {
  const waiting: Waiting[] = [];
  let worker: Worker | undefined;
  let current: Waiting | undefined;
  let idle: NodeJS.Timeout | undefined;
  let isOver = false;

  const end = (): void => {
    const ended = worker;
    worker = undefined;
    void ended?.terminate();
  };
  const answer = (result: DescribeAnswer): void => {
    const done = current;
    current = undefined;
    done?.resolve(result);
    next();
  };
  const start = (): Worker => {
    const started = new Worker(new URL("../dist/describe-worker.js", import.meta.url), {
      execArgv: [],
      name: "novywave-describe",
    });
    started.on("message", (result: DescribeAnswer) => {
      if (worker === started) answer(result);
    });
    whenEnded(
      started,
      () => current?.task.path ?? "",
      (error) => {
        if (worker !== started) return;
        worker = undefined;
        answer(err(error));
      },
    );
    return started;
  };
  const next = (): void => {
    if (current !== undefined) return;
    clearTimeout(idle);
    current = waiting.shift();
    if (current === undefined) {
      // A thread that nobody waits for keeps no process alive.
      worker?.unref();
      if (worker !== undefined) idle = setTimeout(end, IDLE_MS).unref();
      return;
    }
    worker ??= start();
    worker.ref();
    worker.postMessage(current.task, []);
  };
  const cancel = (one: Waiting): void => {
    if (one === current) {
      // Reading is synchronous there: it can only be broken off with the thread.
      end();
      answer(cancelled(one.task.path));
      return;
    }
    const at = waiting.indexOf(one);
    if (at < 0) return;
    waiting.splice(at, 1);
    one.resolve(cancelled(one.task.path));
  };
  return {
    describe: (path, { signal, maxBytes, noLinks } = {}) =>
      new Promise((resolve) => {
        if (isOver || signal?.aborted === true) {
          resolve(cancelled(path));
          return;
        }
        const abort = (): void => cancel(one);
        const one: Waiting = {
          task: { path, maxBytes, noLinks },
          resolve(result) {
            signal?.removeEventListener("abort", abort);
            resolve(result);
          },
        };
        signal?.addEventListener("abort", abort, { once: true });
        waiting.push(one);
        next();
      }),
    [Symbol.dispose]() {
      isOver = true;
      for (const one of waiting.splice(0)) one.resolve(cancelled(one.task.path));
      end();
      if (current) answer(cancelled(current.task.path));
      clearTimeout(idle);
    },
  };
}

function cancelled(path: string): DescribeAnswer {
  return err({ code: "cancelled", message: "Looking at the file was cancelled", path });
}

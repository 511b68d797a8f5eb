import { MessageChannel, Worker } from "node:worker_threads";
import type { ReplyOutcome } from "../wire/messages.js";
import type { FromWorker, ToWorker, WorkerSetup } from "../wire/worker-messages.js";
import { ReplySender } from "./sync-call.js";

/** Why a worker ended. */
export interface WorkerEnd {
  readonly reason: string;
  readonly outOfMemory: boolean;
}

/** MiB of JavaScript heap of one worker; guests live in WebAssembly memory, which this does not count. */
const heapMib = 256;

/** A worker and its reply channel. `onEnd` is called once. */
export class WorkerThread {
  readonly #worker: Worker;
  readonly #replies: ReplySender;
  #end: WorkerEnd | undefined;

  constructor(entry: URL, onMessage: (message: FromWorker) => void, onEnd: (end: WorkerEnd) => void) {
    const { port1, port2 } = new MessageChannel();
    this.#replies = new ReplySender(port1);
    const setup: WorkerSetup = { signal: this.#replies.signal, replies: port2 };
    this.#worker = new Worker(entry, {
      workerData: setup,
      transferList: [port2],
      env: {},
      argv: [],
      execArgv: [],
      stdin: false,
      stdout: true,
      stderr: true,
      resourceLimits: { maxOldGenerationSizeMb: heapMib },
    });
    // Nothing in a worker prints; what the runtime itself would print is not for this process's output.
    this.#worker.stdout.resume();
    this.#worker.stderr.resume();
    this.#worker.on("message", onMessage);
    this.#worker.on("error", (error: Error & { code?: unknown }) => {
      this.#end = { reason: error.message, outOfMemory: error.code === "ERR_WORKER_OUT_OF_MEMORY" };
    });
    this.#worker.on("exit", (code) => {
      this.#replies.close();
      onEnd(this.#end ?? { reason: `the worker ended with code ${code}`, outOfMemory: false });
    });
  }

  post(message: ToWorker): void {
    this.#worker.postMessage(message, []);
  }

  reply(outcome: ReplyOutcome): void {
    this.#replies.send(outcome);
  }

  terminate(): Promise<unknown> {
    return this.#worker.terminate();
  }
}

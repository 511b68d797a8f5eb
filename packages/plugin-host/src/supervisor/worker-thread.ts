import { availableParallelism } from "node:os";
import { MessageChannel, Worker } from "node:worker_threads";
import type { FromWorker, ToWorker, WorkerSetup } from "../wire/worker-messages.js";
import { ReplySender } from "./sync-call.js";
import type { WorkerProgram } from "./worker-program.js";

/** Why a worker ended. */
export interface WorkerEnd {
  readonly reason: string;
  readonly outOfMemory: boolean;
}

export interface WorkerEvents {
  readonly onMessage: (message: FromWorker) => void;
  /** Called once. */
  readonly onEnd: (end: WorkerEnd) => void;
}

/** MiB of JavaScript heap of one worker; guests live in WebAssembly memory, which this does not count. */
const heapMib = 256;
const processors = availableParallelism();

/** A worker and its reply channel. It boots at once; what it says goes to whom it is attached to. */
export class WorkerThread {
  readonly #worker: Worker;
  readonly #replies: ReplySender;
  #events: WorkerEvents = { onMessage() {}, onEnd() {} };
  #error: WorkerEnd | undefined;

  constructor(program: WorkerProgram) {
    const { port1, port2 } = new MessageChannel();
    this.#replies = new ReplySender(port1);
    const setup: WorkerSetup = { signal: this.#replies.signal, replies: port2, processors };
    this.#worker = new Worker(program.boot, {
      eval: true,
      workerData: { program: program.parts, setup },
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
    this.#worker.on("message", (message: FromWorker) => this.#events.onMessage(message));
    this.#worker.on("error", (thrown: unknown) => {
      this.#error = endBy(thrown);
    });
    this.#worker.on("exit", (code) => {
      this.#replies.close();
      this.#events.onEnd(this.#error ?? { reason: `the worker ended with code ${code}`, outOfMemory: false });
    });
  }

  attach(events: WorkerEvents): void {
    this.#events = events;
  }

  post(message: ToWorker): void {
    this.#worker.postMessage(message, message instanceof Uint8Array ? [message.buffer] : []);
  }

  /** Wakes the worker with the answer to its host call. */
  reply(body: Uint8Array<ArrayBuffer>): void {
    this.#replies.send(body);
  }

  terminate(): Promise<unknown> {
    return this.#worker.terminate();
  }
}

/** A guest that broke out of its sandbox can throw anything. */
function endBy(thrown: unknown): WorkerEnd {
  const { message, code } = Object(thrown) as { readonly message?: unknown; readonly code?: unknown };
  return {
    reason: typeof message === "string" ? message : "the worker threw what is no error",
    outOfMemory: code === "ERR_WORKER_OUT_OF_MEMORY",
  };
}

import type { ChildMessage, ServerMessage } from "../wire/messages.js";
import type { FromWorker } from "../wire/worker-messages.js";
import { CompileCache } from "./compile-cache.js";
import { WorkerThread, type WorkerEnd } from "./worker-thread.js";

type StartMessage = Extract<ServerMessage, { type: "start" }>;

interface Supervised {
  readonly start: StartMessage;
  readonly worker: WorkerThread;
  /** Whether this worker was told to compile the artifact and has not said yet that it did. */
  compiling: boolean;
}

/**
 * Starts and ends the workers of plugins and passes messages between them and the server. It runs in the plugin-host
 * process, or in the server's own for the in-process transport; it decides nothing.
 */
export class Supervisor {
  readonly #send: (message: ChildMessage) => void;
  readonly #workerEntry: URL;
  readonly #instances = new Map<number, Supervised>();
  readonly #cache = new CompileCache();
  #disposed = false;

  constructor(workerEntry: URL, send: (message: ChildMessage) => void) {
    this.#workerEntry = workerEntry;
    this.#send = send;
  }

  receive(message: ServerMessage): void {
    switch (message.type) {
      case "start":
        this.#start(message);
        return;
      case "call": {
        const { call, function: name, args } = message;
        this.#instances.get(message.instance)?.worker.post({ type: "call", call, function: name, args });
        return;
      }
      case "reply":
        this.#instances.get(message.instance)?.worker.reply(message.outcome);
        return;
      case "terminate":
        void this.#instances.get(message.instance)?.worker.terminate();
        return;
      case "forget":
        this.#cache.forget(message.sha256);
        return;
    }
  }

  /** Ends all workers. */
  async dispose(): Promise<void> {
    this.#disposed = true;
    await Promise.all([...this.#instances.values()].map(({ worker }) => worker.terminate()));
  }

  #start(message: StartMessage): void {
    if (this.#disposed) return;
    const { bytes, ...start } = message;
    if (bytes) this.#cache.add(message.sha256, bytes);
    const { instance } = message;
    const worker = new WorkerThread(
      this.#workerEntry,
      (from) => this.#fromWorker(instance, from),
      (end) => this.#ended(instance, end),
    );
    this.#instances.set(instance, { start, worker, compiling: false });
  }

  #fromWorker(instance: number, message: FromWorker): void {
    const supervised = this.#instances.get(instance);
    if (!supervised) return;
    const { sha256, limits, links, exportName } = supervised.start;
    switch (message.type) {
      case "booted":
        this.#cache.request(sha256, limits.memoryBytes, (artifact) => {
          // It may have ended while it waited for another worker's compilation.
          if (this.#instances.get(instance) !== supervised) {
            if (artifact.kind === "bytes") this.#cache.abandoned(sha256, limits.memoryBytes);
            return;
          }
          supervised.compiling = artifact.kind === "bytes";
          supervised.worker.post({ type: "load", artifact, links, exportName, limits });
        });
        return;
      case "compiled":
        if (supervised.compiling) {
          supervised.compiling = false;
          this.#cache.compiled(sha256, limits.memoryBytes, message.component);
        }
        this.#send({ type: "compiled", instance });
        return;
      case "loaded":
        this.#send({ type: "loaded", instance, memoryBytes: message.memoryBytes });
        return;
      case "load-failed":
        this.#abandon(supervised);
        this.#send({ type: "load-failed", instance, failure: message.failure });
        return;
      case "result":
        this.#send({ ...message, instance });
        return;
      case "host-call":
        this.#send({ ...message, instance });
        return;
    }
  }

  #ended(instance: number, end: WorkerEnd): void {
    const supervised = this.#instances.get(instance);
    if (!supervised) return;
    this.#instances.delete(instance);
    this.#abandon(supervised);
    this.#send({
      type: "exited",
      instance,
      reason: end.reason.slice(0, 4_000),
      outOfMemory: end.outOfMemory,
    });
  }

  #abandon(supervised: Supervised): void {
    if (!supervised.compiling) return;
    supervised.compiling = false;
    this.#cache.abandoned(supervised.start.sha256, supervised.start.limits.memoryBytes);
  }
}

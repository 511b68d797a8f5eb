import { systemClock, type Clock } from "@novywave/base";
import {
  decodeFrame,
  sealFrame,
  writeChildFrame,
  type ChildType,
  type Frame,
  type ServerType,
} from "../wire/frames.js";
import type { ServerMessage } from "../wire/messages.js";
import type { FromWorker, WorkerNews } from "../wire/worker-messages.js";
import { CompileCache } from "./compile-cache.js";
import { SpareWorker } from "./spare-worker.js";
import type { WorkerProgram } from "./worker-program.js";
import { Vigil } from "./vigil.js";
import type { WorkerEnd, WorkerThread } from "./worker-thread.js";

type ArtifactMessage = Extract<ServerMessage, { type: "artifact" }>;
type StartMessage = Extract<ServerMessage, { type: "start" }>;

interface Supervised {
  readonly start: StartMessage;
  readonly worker: WorkerThread;
  /** Whether this worker was told to compile the artifact and has not said yet that it did. */
  compiling: boolean;
}

/**
 * Starts and ends the workers of plugins and passes frames between them and the server, without looking into what they
 * say to each other. It runs in the plugin-host process, or in the server's own for the in-process transport; it decides
 * nothing.
 */
export class Supervisor {
  readonly #send: (written: Uint8Array<ArrayBuffer>) => void;
  readonly #instances = new Map<number, Supervised>();
  readonly #cache = new CompileCache();
  readonly #spare: SpareWorker;
  readonly #vigil = new Vigil();
  #disposed = false;

  /** `send` gets written frames. */
  constructor(
    program: WorkerProgram,
    send: (written: Uint8Array<ArrayBuffer>) => void,
    clock: Clock = systemClock,
  ) {
    this.#send = send;
    this.#spare = new SpareWorker(program, clock);
  }

  /** Takes a frame of the server, which is trusted: it is what decides. The memory of its body is given away. */
  receive(frame: Frame<ServerType>): void {
    const worker = this.#instances.get(frame.instance)?.worker;
    switch (frame.type) {
      case "prepare":
        if (!this.#disposed) this.#spare.prepare();
        return;
      case "artifact": {
        const { sha256, bytes, limits } = decodeFrame(frame) as ArtifactMessage;
        this.#cache.add(sha256, bytes, limits);
        return;
      }
      case "start":
        this.#start(decodeFrame(frame) as StartMessage);
        return;
      case "call":
        worker?.post(frame.body);
        this.#vigil.sent();
        return;
      case "reply":
        worker?.reply(frame.body);
        this.#vigil.sent();
        return;
      case "terminate":
        void worker?.terminate();
        return;
      case "forget":
        this.#cache.forget((decodeFrame(frame) as Extract<ServerMessage, { type: "forget" }>).sha256);
        return;
    }
  }

  /** Ends all workers. */
  async dispose(): Promise<void> {
    this.#disposed = true;
    const workers = [...this.#instances.values()].map(({ worker }) => worker.terminate());
    await Promise.all([this.#spare.dispose(), ...workers]);
  }

  #start(start: StartMessage): void {
    if (this.#disposed) return;
    const { instance } = start;
    const worker = this.#thread(instance);
    if (!worker) return;
    const supervised: Supervised = { start, worker, compiling: false };
    worker.attach({
      onMessage: (from) => this.#fromWorker(supervised, from),
      onEnd: (end) => this.#ended(instance, end),
    });
    this.#instances.set(instance, supervised);
    this.#load(supervised);
  }

  /** A thread for an instance; where the system has none left, that one ends and the others live on. */
  #thread(instance: number): WorkerThread | undefined {
    try {
      return this.#spare.take();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#sayExited(instance, { reason: `no thread could be started: ${reason}`, outOfMemory: false });
      return undefined;
    }
  }

  /** The task waits in the worker's mailbox until it has booted. */
  #load(supervised: Supervised): void {
    const { instance, sha256, limits, links, exportName } = supervised.start;
    this.#cache.request(sha256, limits.memoryBytes, (artifact) => {
      // It may have ended while it waited for another worker's compilation.
      if (this.#instances.get(instance) !== supervised) {
        if (artifact.kind === "bytes") this.#cache.abandoned(sha256, limits.memoryBytes);
        return;
      }
      supervised.compiling = artifact.kind === "bytes";
      supervised.worker.post({ type: "load", artifact, links, exportName, limits });
    });
  }

  #fromWorker(supervised: Supervised, message: FromWorker): void {
    if (message instanceof Uint8Array) this.#pass(supervised, message);
    else if (isNews(message)) this.#hear(supervised, message);
    // Only a guest that broke out of its sandbox says such a thing, or writes it.
    else void supervised.worker.terminate();
  }

  #pass(supervised: Supervised, message: Uint8Array<ArrayBuffer>): void {
    this.#vigil.received();
    const frame = sealFrame(message, supervised.start.instance);
    if (!frame) {
      void supervised.worker.terminate();
      return;
    }
    if (frame.type === "load-failed") this.#abandon(supervised);
    this.#send(frame.written);
  }

  #hear(supervised: Supervised, message: WorkerNews): void {
    const { instance, sha256, limits } = supervised.start;
    switch (message.type) {
      case "code":
        return;
      case "compiled":
        if (supervised.compiling) {
          supervised.compiling = false;
          this.#cache.compiled(sha256, limits.memoryBytes, message.component);
        }
        this.#say("compiled", instance, {});
        return;
    }
  }

  #ended(instance: number, end: WorkerEnd): void {
    const supervised = this.#instances.get(instance);
    if (!supervised) return;
    this.#instances.delete(instance);
    this.#abandon(supervised);
    this.#sayExited(instance, end);
  }

  #sayExited(instance: number, { reason, outOfMemory }: WorkerEnd): void {
    this.#say("exited", instance, { reason: reason.slice(0, 4_000), outOfMemory });
  }

  #say(type: ChildType, instance: number, fields: object): void {
    this.#send(writeChildFrame(type, instance, fields));
  }

  #abandon(supervised: Supervised): void {
    if (!supervised.compiling) return;
    supervised.compiling = false;
    this.#cache.abandoned(supervised.start.sha256, supervised.start.limits.memoryBytes);
  }
}

const news: readonly unknown[] = ["code", "compiled"] satisfies WorkerNews["type"][];

function isNews(message: unknown): message is WorkerNews {
  return typeof message === "object" && message !== null && "type" in message && news.includes(message.type);
}

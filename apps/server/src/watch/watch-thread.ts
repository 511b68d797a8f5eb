import { Worker } from "node:worker_threads";
import type { TreeListener, TreeRequest, TreeWatcher, WatchFailure } from "./tree-watcher.js";

/** How folders are watched: by their own watches where the system tells of entries (Linux), else by chokidar. */
export type WatchBackend = "directories" | "chokidar";

/** What the thread is told, and what it answers. */
export type WatchCommand =
  | { readonly kind: "open"; readonly id: number; readonly request: TreeRequest }
  | { readonly kind: "close"; readonly id: number };

export type WatchAnswer =
  | { readonly kind: "ready"; readonly id: number }
  | { readonly kind: "changed"; readonly id: number; readonly paths: readonly string[] }
  | { readonly kind: "failed"; readonly id: number; readonly failure: WatchFailure }
  | { readonly kind: "closed"; readonly id: number };

type Tree = { readonly root: string; readonly listener: TreeListener; closed?: () => void };

/** Watches trees in a thread of its own, which starts with the first of them. */
export class WatchThread {
  readonly #backend: WatchBackend;
  readonly #trees = new Map<number, Tree>();
  #worker: Worker | undefined;
  #nextId = 1;

  constructor(backend: WatchBackend = process.platform === "linux" ? "directories" : "chokidar") {
    this.#backend = backend;
  }

  watch(request: TreeRequest, listener: TreeListener): TreeWatcher {
    const id = this.#nextId++;
    const tree: Tree = { root: request.root, listener };
    this.#trees.set(id, tree);
    this.#tell({ kind: "open", id, request });
    return {
      close: () =>
        new Promise((resolve) => {
          if (this.#trees.get(id) !== tree || !this.#worker) return resolve();
          tree.closed = resolve;
          return this.#tell({ kind: "close", id });
        }),
    };
  }

  async close(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.terminate();
  }

  #tell(command: WatchCommand): void {
    this.#worker ??= this.#start();
    this.#worker.postMessage(command, []);
  }

  #start(): Worker {
    const worker = new Worker(new URL("../../dist/watch/watch-worker.js", import.meta.url), {
      // The host's flags (a test runner's, for example) are no business of the thread.
      execArgv: [],
      name: "novywave-watch",
      workerData: this.#backend,
    });
    let cause = "it ended";
    worker.on("message", (answer: WatchAnswer) => this.#answered(answer));
    // An error is followed by the end; what is watched next starts another thread.
    worker.on("error", (error) => {
      cause = error instanceof Error ? error.message : String(error);
    });
    worker.on("exit", () => {
      const unasked = this.#worker === worker;
      if (unasked) this.#worker = undefined;
      for (const [id, { root, listener, closed }] of this.#trees) {
        this.#trees.delete(id);
        closed?.();
        const message = `watching ${root} failed: the thread that watches is gone (${cause})`;
        if (unasked && !closed) listener.failed({ code: "io", message });
      }
    });
    return worker;
  }

  #answered(answer: WatchAnswer): void {
    const tree = this.#trees.get(answer.id);
    if (!tree) return undefined;
    const { listener, closed } = tree;
    if (answer.kind === "closed") {
      this.#trees.delete(answer.id);
      return closed?.();
    }
    // What was on its way when it was closed is not told any more.
    if (closed) return undefined;
    switch (answer.kind) {
      case "ready":
        return listener.ready();
      case "failed":
        return listener.failed(answer.failure);
      case "changed":
        for (const path of answer.paths) listener.changed(path);
    }
  }
}

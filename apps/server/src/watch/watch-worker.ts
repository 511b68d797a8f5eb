// Thread that watches folders: listing a large tree would hold up the server.
import { parentPort, workerData } from "node:worker_threads";
import { defined } from "@novywave/base";
import type { TreeWatcher, WatchTree } from "./tree-watcher.js";
import type { WatchAnswer, WatchBackend, WatchCommand } from "./watch-thread.js";

/** Milliseconds in which changes are collected before they are sent. */
const collectMs = 5;

const port = defined(parentPort, "the port to the server");
const backend = workerData as WatchBackend;
// What is not used is not loaded.
const watchTree: WatchTree =
  backend === "directories"
    ? (await import("./directory-tree.js")).watchByDirectories
    : (await import("./chokidar-tree.js")).watchByChokidar;

const trees = new Map<number, TreeWatcher>();
const changes = new Map<number, Set<string>>();
let flushing = false;

function tell(answer: WatchAnswer): void {
  port.postMessage(answer);
}

function flush(): void {
  flushing = false;
  for (const [id, paths] of changes) tell({ kind: "changed", id, paths: [...paths] });
  changes.clear();
}

function changed(id: number, path: string): void {
  const paths = changes.get(id);
  if (paths) paths.add(path);
  else changes.set(id, new Set([path]));
  if (flushing) return;
  flushing = true;
  setTimeout(flush, collectMs);
}

port.on("message", (command: WatchCommand) => {
  const { id } = command;
  switch (command.kind) {
    case "open":
      trees.set(
        id,
        watchTree(command.request, {
          ready: () => tell({ kind: "ready", id }),
          changed: (path) => changed(id, path),
          failed: (failure) => tell({ kind: "failed", id, failure }),
        }),
      );
      return;
    case "close":
      void trees
        .get(id)
        ?.close()
        .finally(() => tell({ kind: "closed", id }));
      trees.delete(id);
      changes.delete(id);
  }
});

import { watch } from "chokidar";
import { watchByLooking } from "./entry-poll.js";
import { isExcluded, maxWatchDepth } from "./excludes.js";
import { explainFailure, type TreeListener, type TreeRequest, type TreeWatcher } from "./tree-watcher.js";

/** Watches by chokidar: every system that Node knows, at a cost per file. One entry alone is looked at in turns. */
export function watchByChokidar({ root, only }: TreeRequest, listener: TreeListener): TreeWatcher {
  if (only !== undefined) return watchByLooking(only, listener);
  let started = false;
  const watcher = watch(root, {
    ignoreInitial: true,
    // A link out of the folder must not widen what is watched; the link itself is reported.
    followSymlinks: false,
    // Renaming over a file is a change of that file; whoever listens coalesces what belongs together.
    atomic: false,
    depth: maxWatchDepth,
    ignored: (candidate: string) => isExcluded(root, candidate),
    ignorePermissionErrors: true,
  });
  watcher.on("all", (_event, changed) => listener.changed(changed));
  watcher.on("ready", () => {
    started = true;
    listener.ready();
  });
  watcher.on("error", (error: unknown) => {
    const failure = explainFailure(root, error);
    if (started || failure.code === "limit-reached") listener.failed(failure);
  });
  return { close: () => watcher.close() };
}

import { watch } from "chokidar";
import { isInside } from "../workspace.js";
import { isExcluded, maxWatchDepth } from "./excludes.js";
import { explainFailure, type TreeListener, type TreeRequest, type TreeWatcher } from "./tree-watcher.js";

/** Watches by chokidar: every system that Node knows, at a cost per file. */
export function watchByChokidar({ root, only }: TreeRequest, listener: TreeListener): TreeWatcher {
  let started = false;
  const watcher = watch(root, {
    ignoreInitial: true,
    // A link out of the folder must not widen what is watched; the link itself is reported.
    followSymlinks: false,
    // Renaming over a file is a change of that file; whoever listens coalesces what belongs together.
    atomic: false,
    depth: only === undefined ? maxWatchDepth : 1,
    ignored: (candidate: string) =>
      only === undefined ? isExcluded(root, candidate) : candidate !== only && !isInside(root, candidate),
    ignorePermissionErrors: true,
  });
  watcher.on("all", (_event, changed) => {
    if (only === undefined || changed === only) listener.changed(changed);
  });
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

import { watch, type FSWatcher } from "chokidar";
import { Emitter, err, ok, type Event, type Result } from "@novywave/base";
import { isInside } from "../workspace.js";
import { isExcluded, maxWatchDepth } from "./excludes.js";

/** Why a folder is not watched. */
export type WatchFailure = {
  readonly code: "not-found" | "limit-reached" | "io";
  readonly message: string;
};

/**
 * One watcher over a folder and all below it, shared by everybody who asks for something in it. It reports paths, not
 * kinds of change: whoever is told looks for himself. A folder that is deleted and made again is watched again.
 */
export class WatchedRoot {
  readonly path: string;
  readonly #changes = new Emitter<string>();
  readonly #failures = new Emitter<WatchFailure>();
  readonly #watcher: FSWatcher;
  readonly #ready: Promise<Result<void, WatchFailure>>;
  users = 0;

  /** `root` is absolute and free of symbolic links. With `only`, nothing but that entry of it is watched. */
  constructor(root: string, only?: string) {
    this.path = root;
    this.#watcher = watch(root, {
      ignoreInitial: true,
      // A link out of the folder must not widen what is watched; the link itself is reported.
      followSymlinks: false,
      // Renaming over a file is a change of that file; the batch above coalesces what belongs together.
      atomic: false,
      depth: only === undefined ? maxWatchDepth : 1,
      ignored: (candidate: string) =>
        only === undefined ? isExcluded(root, candidate) : candidate !== only && !isInside(root, candidate),
      ignorePermissionErrors: true,
    });
    this.#watcher.on("all", (_event, changed) => this.#changes.emit(changed));
    let started = false;
    this.#ready = new Promise((resolve) => {
      this.#watcher.on("ready", () => {
        started = true;
        resolve(ok());
      });
      this.#watcher.on("error", (error: unknown) => {
        const failure = explain(root, error);
        if (started) this.#failures.emit(failure);
        else if (failure.code === "limit-reached") resolve(err(failure));
      });
    });
  }

  readonly changed: Event<string> = (listener) => this.#changes.event(listener);
  readonly failed: Event<WatchFailure> = (listener) => this.#failures.event(listener);

  /** Resolves when changes are seen from now on. */
  ready(): Promise<Result<void, WatchFailure>> {
    return this.#ready;
  }

  async close(): Promise<void> {
    this.#changes[Symbol.dispose]();
    this.#failures[Symbol.dispose]();
    await this.#watcher.close();
  }
}

function explain(root: string, error: unknown): WatchFailure {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "ENOSPC") {
    return {
      code: "limit-reached",
      message:
        `the system's limit of watched folders (inotify) is reached, ${root} is not watched completely; ` +
        "raise it with `sudo sysctl fs.inotify.max_user_watches=524288`, or watch a smaller folder",
    };
  }
  if (code === "EMFILE" || code === "ENFILE") {
    return {
      code: "limit-reached",
      message:
        `too many files are open, ${root} is not watched completely; ` +
        "raise the limit with `ulimit -n 65536`, or `sudo sysctl fs.inotify.max_user_instances=1024`",
    };
  }
  return {
    code: "io",
    message: `watching ${root} failed: ${error instanceof Error ? error.message : String(error)}`,
  };
}

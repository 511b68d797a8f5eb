/** Why a folder is not watched, or not completely. */
export type WatchFailure = {
  readonly code: "not-found" | "limit-reached" | "io";
  readonly message: string;
};

/** What a {@link TreeWatcher} tells. It reports paths, not kinds of change: whoever is told looks for himself. */
export interface TreeListener {
  /** Changes are seen from now on. */
  ready(): void;
  /** Absolute; of a folder that vanished, came back or was replaced: anything below may have changed. */
  changed(path: string): void;
  /** Changes may be missed from now on. */
  failed(failure: WatchFailure): void;
}

/** Watches a folder with all below it, or one entry of it. */
export interface TreeWatcher {
  close(): Promise<void>;
}

export interface TreeRequest {
  /** Absolute, free of symbolic links; need not exist yet. */
  readonly root: string;
  /** Nothing but this entry of `root` is watched; absolute. */
  readonly only?: string;
}

export type WatchTree = (request: TreeRequest, listener: TreeListener) => TreeWatcher;

/** Says what a failure of the system means and what helps. */
export function explainFailure(root: string, error: unknown): WatchFailure {
  const code = errorCode(error);
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

export function errorCode(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}

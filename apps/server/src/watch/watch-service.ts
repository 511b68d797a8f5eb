import fs from "node:fs/promises";
import path from "node:path";
import { DisposableStore, err, ok, type Clock, type Disposable, type Result } from "@novywave/base";
import { isInside } from "../workspace.js";
import { ChangeBatch } from "./change-batch.js";
import { isExcluded } from "./excludes.js";
import type { WatchFailure } from "./tree-watcher.js";
import { WatchThread, type WatchBackend } from "./watch-thread.js";
import { WatchedRoot } from "./watched-root.js";

export interface WatchRequest {
  /** Absolute folders, watched with all below them. The caller has checked that they may be. */
  readonly directories: readonly string[];
  readonly debounceMs: number;
  /** Absolute paths, sorted, without duplicates. */
  readonly onChange: (paths: readonly string[]) => void;
  /** Changes may be missed from now on. */
  readonly onFailure?: (failure: WatchFailure) => void;
}

/** Watches folders and files for whoever asks. One system watcher serves all that ask for the same folder. */
export interface WatchService {
  /** Resolves once changes are seen. A folder may come into being, vanish and come back later. */
  subscribe(request: WatchRequest): Promise<Result<Disposable, WatchFailure>>;
  /** Watches one file, also while it does not exist and when another is renamed over it. Its folder must exist. */
  watchFile(
    file: string,
    debounceMs: number,
    onChange: () => void,
  ): Promise<Result<Disposable, WatchFailure>>;
  /** System watchers that are open. */
  readonly openWatchers: number;
  close(): Promise<void>;
}

export function createWatchService(clock: Clock, backend?: WatchBackend): WatchService {
  return new SharedWatchService(clock, new WatchThread(backend));
}

class SharedWatchService implements WatchService {
  readonly #clock: Clock;
  readonly #thread: WatchThread;
  readonly #roots = new Map<string, WatchedRoot>();
  readonly #closing = new Set<Promise<void>>();
  #closed = false;

  constructor(clock: Clock, thread: WatchThread) {
    this.#clock = clock;
    this.#thread = thread;
  }

  get openWatchers(): number {
    return this.#roots.size;
  }

  async subscribe(request: WatchRequest): Promise<Result<Disposable, WatchFailure>> {
    const folders: string[] = [];
    for (const directory of request.directories) {
      const folder = await realFolder(directory);
      if (!folder.ok) return folder;
      folders.push(folder.value);
    }
    const store = new DisposableStore();
    for (const folder of withoutNested(folders)) {
      const batch = store.add(
        new ChangeBatch({
          clock: this.#clock,
          debounceMs: request.debounceMs,
          overflow: folder,
          onBatch: request.onChange,
        }),
      );
      const opened = await this.#attach(folder, store, (changed) => batch.add(changed), request.onFailure);
      if (!opened.ok) {
        store[Symbol.dispose]();
        return opened;
      }
    }
    return ok(store);
  }

  async watchFile(
    file: string,
    debounceMs: number,
    onChange: () => void,
  ): Promise<Result<Disposable, WatchFailure>> {
    const folder = await realFolder(path.dirname(file));
    if (!folder.ok) return folder;
    const target = path.join(folder.value, path.basename(file));
    const store = new DisposableStore();
    const batch = store.add(
      new ChangeBatch({ clock: this.#clock, debounceMs, overflow: target, onBatch: () => onChange() }),
    );
    const key = `file:${target}`;
    const root = this.#open(folder.value, key, target);
    store.add(root.changed((changed) => changed === target && batch.add(changed)));
    store.defer(() => this.#leave(key, root));
    const ready = await root.ready();
    if (ready.ok) return ok(store);
    store[Symbol.dispose]();
    return ready;
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const [key, root] of this.#roots) this.#closeRoot(key, root);
    await Promise.all(this.#closing);
    await this.#thread.close();
  }

  async #attach(
    folder: string,
    store: DisposableStore,
    onChange: (changed: string) => void,
    onFailure: ((failure: WatchFailure) => void) | undefined,
  ): Promise<Result<void, WatchFailure>> {
    const shared = [...this.#roots].find(
      ([key, root]) => key === root.path && isInside(folder, root.path) && !isExcluded(root.path, folder),
    );
    const key = shared?.[0] ?? folder;
    const root = this.#open(key, key);
    store.add(root.changed((changed) => isInside(changed, folder) && onChange(changed)));
    if (onFailure) store.add(root.failed(onFailure));
    store.defer(() => this.#leave(key, root));
    return root.ready();
  }

  #open(folder: string, key: string, only?: string): WatchedRoot {
    let root = this.#roots.get(key);
    if (!root) {
      root = new WatchedRoot(this.#thread, { root: folder, ...(only !== undefined && { only }) });
      this.#roots.set(key, root);
      if (this.#closed) this.#closeRoot(key, root);
    }
    root.users++;
    return root;
  }

  #leave(key: string, root: WatchedRoot): void {
    root.users--;
    if (root.users === 0 && this.#roots.get(key) === root) this.#closeRoot(key, root);
  }

  #closeRoot(key: string, root: WatchedRoot): void {
    this.#roots.delete(key);
    const closing: Promise<void> = root.close().finally(() => this.#closing.delete(closing));
    this.#closing.add(closing);
  }
}

/** The folder without symbolic links; of one that does not exist yet, the part that does. Files are refused. */
async function realFolder(directory: string): Promise<Result<string, WatchFailure>> {
  const absolute = path.resolve(directory);
  for (let existing = absolute; ; existing = path.dirname(existing)) {
    try {
      const real = await fs.realpath(existing);
      if (!(await fs.stat(real)).isDirectory()) break;
      return ok(path.join(real, path.relative(existing, absolute)));
    } catch (error) {
      const code = error instanceof Error && "code" in error ? error.code : undefined;
      if (code !== "ENOENT" || existing === path.dirname(existing)) break;
    }
  }
  return err({ code: "not-found", message: `there is no folder ${directory} that could be watched` });
}

/** Folders without those that lie below another of them. */
function withoutNested(folders: readonly string[]): readonly string[] {
  const distinct = [...new Set(folders)];
  return distinct.filter(
    (folder) =>
      !distinct.some((other) => other !== folder && isInside(folder, other) && !isExcluded(other, folder)),
  );
}

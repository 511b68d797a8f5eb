import { Emitter, err, ok, type Event, type Result } from "@novywave/base";
import type { TreeRequest, TreeWatcher, WatchFailure } from "./tree-watcher.js";
import type { WatchThread } from "./watch-thread.js";

/** One watched tree, shared by everybody who asks for something in it. One that is deleted and made again is watched again. */
export class WatchedRoot {
  readonly path: string;
  readonly #changes = new Emitter<string>();
  readonly #failures = new Emitter<WatchFailure>();
  readonly #watcher: TreeWatcher;
  readonly #ready: Promise<Result<void, WatchFailure>>;
  users = 0;

  constructor(thread: WatchThread, request: TreeRequest) {
    this.path = request.root;
    const started = new Emitter<Result<void, WatchFailure>>();
    this.#ready = new Promise((resolve) => {
      started.event(resolve);
    });
    this.#watcher = thread.watch(request, {
      ready: () => started.emit(ok()),
      changed: (path) => this.#changes.emit(path),
      failed: (failure) => {
        started.emit(err(failure));
        this.#failures.emit(failure);
      },
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

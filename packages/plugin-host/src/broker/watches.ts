import { lstat } from "node:fs/promises";
import path from "node:path";
import { err, ok, toDisposable, type Disposable, type Result } from "@novywave/base";
import type { WatchError } from "@novywave/contract";
import type { HostPorts } from "../host/types.js";
import type { PluginLimits } from "../limits.js";
import { childPath } from "../paths/descriptor.js";
import type { Place } from "../paths/resolve-inside.js";
import { isInsideAny } from "../paths/segments.js";
import type { Authoriser } from "./authorise.js";
import { done, failed, type HostOutcome } from "./outcome.js";

/** Takes the paths of a change that the guest may know of, once they are checked; none if there is nothing to tell. */
export type TakeChecked = (paths: readonly string[]) => void;

interface Unchecked {
  readonly directories: readonly string[];
  readonly paths: Set<string>;
  readonly take: TakeChecked;
}

interface Subscription {
  readonly directories: readonly string[];
  readonly watching: Disposable;
}

/** Paths told of in one change; beyond it the watched folders themselves are told, meaning "anything below". */
export const maxPaths = 10_000;
const maxDebounceMs = 3_600_000;
const concurrency = 16;

/** The capability `watch`: subscriptions of one instance. What changed is checked like any path before the guest sees it. */
export class WatchBroker {
  readonly #authoriser: Authoriser;
  readonly #ports: HostPorts;
  readonly #limit: number;
  readonly #failed: (error: unknown) => void;
  readonly #changed: (subscription: bigint) => TakeChecked;
  readonly #subscriptions = new Map<bigint, Subscription>();
  /** What was reported and not looked at yet, by subscription: what comes while others are checked comes together. */
  readonly #unchecked = new Map<bigint, Unchecked>();
  #checking: Promise<void> | undefined;
  /** What is being checked. */
  #underCheck: readonly string[] = [];
  #nextId = 1n;
  #pendingFolders = 0;
  #disposed = false;

  /** `changed` is told of a change when it is reported, and what it answers is given the paths when they are checked. */
  constructor(
    authoriser: Authoriser,
    ports: HostPorts,
    limits: PluginLimits,
    changed: (subscription: bigint) => TakeChecked,
    failed: (error: unknown) => void,
  ) {
    this.#authoriser = authoriser;
    this.#ports = ports;
    this.#limit = limits.watchedFolders;
    this.#changed = changed;
    this.#failed = failed;
  }

  /** The host function. */
  async subscribe(directories: readonly string[], debounceMs: number): Promise<HostOutcome> {
    const subscribed = await this.open(directories, debounceMs);
    return subscribed.ok ? done(subscribed.value) : failed(subscribed.error);
  }

  unsubscribe(id: bigint): HostOutcome {
    this.#subscriptions.get(id)?.watching[Symbol.dispose]();
    this.#subscriptions.delete(id);
    return done();
  }

  /** Subscribes, also on behalf of the entry's `watch` table. A folder inside the grant need not exist yet. */
  async open(
    directories: readonly string[],
    debounceMs: number,
    reportedBy: "host" | "caller" = "host",
  ): Promise<Result<bigint, WatchError>> {
    if (directories.length === 0) return err({ tag: "not-found", val: "no folder was named" });
    const canonical = new Set<string>();
    for (const directory of directories) {
      const place = await this.#authoriser.path("watch", directory);
      if (!place.ok) return err({ tag: "not-found", val: directory.slice(0, 1_000) });
      canonical.add(place.value.path);
    }
    const sorted = [...canonical].sort();
    const watched = [...this.#subscriptions.values()].reduce((sum, item) => sum + item.directories.length, 0);
    if (watched + this.#pendingFolders + sorted.length > this.#limit) {
      return err({
        tag: "limit-reached",
        val: `at most ${this.#limit} folders may be watched (limit watched_folders)`,
      });
    }
    const id = this.#nextId++;
    this.#pendingFolders += sorted.length;
    const watching = await (
      reportedBy === "caller"
        ? Promise.resolve(ok(toDisposable(() => {})))
        : this.#ports.watch(sorted, Math.min(debounceMs, maxDebounceMs), (paths) =>
            this.#changedPaths(id, sorted, paths),
          )
    ).finally(() => {
      this.#pendingFolders -= sorted.length;
    });
    if (!watching.ok) return err({ tag: "io", val: watching.error });
    if (this.#disposed) {
      watching.value[Symbol.dispose]();
      return err({ tag: "io", val: "the plugin is ending" });
    }
    this.#subscriptions.set(id, { directories: sorted, watching: watching.value });
    return ok(id);
  }

  /** Which of `paths` the plugin may know of; the watched folders if there are too many. */
  async visible(id: bigint, paths: readonly string[]): Promise<readonly string[]> {
    return paths.length > maxPaths
      ? this.folders(id)
      : this.#check(paths.map((text) => this.#authoriser.absolute(text)));
  }

  /**
   * Paths changed, says somebody else than the watchers: checked like theirs. Without a subscription it is told to each
   * in whose folders they lie; a folder stands for anything below it.
   */
  report(paths: readonly string[], subscription?: bigint): void {
    for (const [id, { directories }] of this.#subscriptions) {
      if (subscription !== undefined && subscription !== id) continue;
      const concerned = subscription === undefined ? concerning(directories, paths) : paths;
      if (concerned.length > 0) this.#changedPaths(id, directories, concerned);
    }
  }

  /** The folders of a subscription; none for one that ended. */
  folders(id: bigint): readonly string[] {
    return this.#subscriptions.get(id)?.directories ?? [];
  }

  [Symbol.dispose](): void {
    this.#disposed = true;
    for (const { watching } of this.#subscriptions.values()) watching[Symbol.dispose]();
    this.#subscriptions.clear();
    this.#unchecked.clear();
  }

  /** Paths of changes that were reported and have not been checked yet. */
  get unchecked(): readonly string[] {
    const waiting = [...this.#unchecked.values()].flatMap(({ directories, paths }) =>
      paths.size > maxPaths ? directories : [...paths],
    );
    return [...this.#underCheck, ...waiting];
  }

  /** Resolves when every change that was reported so far has been checked and passed on. */
  async settled(): Promise<void> {
    while (this.#checking) await this.#checking;
  }

  #changedPaths(id: bigint, directories: readonly string[], paths: readonly string[]): void {
    let unchecked = this.#unchecked.get(id);
    if (!unchecked) {
      unchecked = { directories, paths: new Set(), take: this.#changed(id) };
      this.#unchecked.set(id, unchecked);
    }
    // One more than the most says that it is too many; there is no need to remember which.
    for (const changed of paths) if (unchecked.paths.size <= maxPaths) unchecked.paths.add(changed);
    this.#checking ??= this.#checkAll();
  }

  async #checkAll(): Promise<void> {
    // What is reported in one turn is checked together.
    await Promise.resolve();
    for (let [next] = this.#unchecked; next; [next] = this.#unchecked) {
      const [id, { directories, paths, take }] = next;
      this.#unchecked.delete(id);
      this.#underCheck = paths.size > maxPaths ? directories : [...paths];
      try {
        const visible = paths.size > maxPaths ? directories : await this.#check([...paths]);
        take(this.#subscriptions.has(id) ? visible : []);
      } catch (error) {
        take([]);
        this.#failed(error);
      }
      this.#underCheck = [];
    }
    // In the same turn in which nothing was left, so that what comes next starts anew.
    this.#checking = undefined;
  }

  /** The paths that the plugin may know of: inside the grant, no FIFO, no device, no link out. Sorted, once each. */
  async #check(paths: readonly string[]): Promise<readonly string[]> {
    const folders = new Map<string, Promise<string | undefined>>();
    const visible = new Set<string>();
    const queue = paths.values();
    const work = async (): Promise<void> => {
      for (const text of queue) {
        // What lies above a granted folder is no business of the plugin, the folder itself is.
        const [folder, name] = this.#authoriser.isRoot(text)
          ? [text, ""]
          : [path.dirname(text), path.basename(text)];
        let canonical = folders.get(folder);
        if (!canonical) {
          canonical = this.#authoriser.resolve(folder).then((place) => placeOf(place)?.path);
          folders.set(folder, canonical);
        }
        const real = await this.#visiblePath(await canonical, name);
        if (real !== undefined) visible.add(real);
      }
    };
    await Promise.all(Array.from({ length: concurrency }, work));
    return [...visible].sort();
  }

  async #visiblePath(folder: string | undefined, name: string): Promise<string | undefined> {
    if (folder === undefined) return undefined;
    const candidate = name === "" ? folder : childPath(folder, name);
    if (!this.#authoriser.isGranted(candidate)) return undefined;
    try {
      const stats = await lstat(candidate);
      if (stats.isFile() || stats.isDirectory()) return candidate;
      if (!stats.isSymbolicLink()) return undefined;
      const target = placeOf(await this.#authoriser.resolve(candidate));
      return target?.exists === true && this.#authoriser.isGranted(target.path) ? candidate : undefined;
    } catch {
      // Gone: that it was here is what the plugin is told.
      return candidate;
    }
  }
}

function placeOf(place: Place): { readonly path: string; readonly exists: boolean } | undefined {
  return place.kind === "inside" ? place : undefined;
}

/** Of `paths` those inside the folders; a folder that lies inside one of `paths` may have changed itself. */
function concerning(directories: readonly string[], paths: readonly string[]): readonly string[] {
  const inside = paths.filter((changed) => isInsideAny(directories, changed));
  const whole = directories.filter((directory) => isInsideAny(paths, directory));
  return [...new Set([...inside, ...whole])];
}

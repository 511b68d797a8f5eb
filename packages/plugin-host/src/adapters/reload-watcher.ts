import path from "node:path";
import { assertNever, ok, type Result } from "@novywave/base";
import type { PluginEvent } from "@novywave/contract";
import { done, type HostOutcome } from "../broker/outcome.js";
import type { PluginFailure } from "../failure.js";
import type { GuestEvent } from "../host/guest-event.js";
import { childPath } from "../paths/descriptor.js";
import { adapterArguments } from "./arguments.js";
import { commonCall, type Adapter, type AdapterParts } from "./adapter.js";
import { below } from "./below.js";
import { publishPaths } from "./publish.js";
import { subscribe } from "./subscribe.js";

/**
 * Plugins of the world `novywave:reload-watcher`: they watch the files that are open and ask for those that changed to be
 * read again. What is watched is the folders of the files; the guest hears of its files only, under the names by which it
 * asked for them.
 */
export class ReloadWatcher implements Adapter {
  readonly #parts: AdapterParts;
  #subscription: bigint | undefined;
  /** By canonical path: the name that the guest knows. */
  #watched: ReadonlyMap<string, string> = new Map();

  constructor(parts: AdapterParts) {
    this.#parts = parts;
  }

  async call(functionName: string, args: readonly unknown[]): Promise<HostOutcome> {
    switch (functionName) {
      case "register-watched-files":
        await this.#register(...adapterArguments["register-watched-files"].parse(args));
        return done();
      case "clear-watched-files":
        await this.#clear();
        return done();
      case "reload-waveform-files": {
        const [paths] = adapterArguments["reload-waveform-files"].parse(args);
        if (paths.length > 0) await publishPaths(this.#parts, paths, refreshed);
        return done();
      }
      default:
        return commonCall(this.#parts, functionName, args);
    }
  }

  async handle(event: GuestEvent): Promise<Result<void, PluginFailure>> {
    switch (event.tag) {
      case "opened-files-changed":
        return this.#parts.call("refresh-opened-files", []);
      case "filesystem-change": {
        const isChanged = below(event.val.paths);
        const changed = [...this.#watched].flatMap(([file, name]) => (isChanged(file) ? [name] : []));
        if (changed.length === 0) return ok();
        return this.#parts.call("watched-files-changed", [[...new Set(changed)].sort()]);
      }
      case "config-updated":
      case "tick":
        return ok();
      default:
        return assertNever(event);
    }
  }

  async settle(): Promise<void> {}

  /** A registration takes the place of the one before. */
  async #register(files: readonly string[], debounceMs: number): Promise<void> {
    await this.#clear();
    const { broker, warn } = this.#parts;
    const watched = new Map<string, string>();
    const folders = new Set<string>();
    for (const file of files) {
      const target = await broker.authoriser.path("watch", file);
      if (!target.ok) {
        warn(`"${file.slice(0, 1_000)}" is not watched: it is not inside a granted folder`);
        continue;
      }
      watched.set(target.value.path, file);
      folders.add(path.dirname(target.value.path));
      // Where it is a link, the link may be made anew as well.
      const absolute = broker.authoriser.absolute(file);
      const folder = await broker.authoriser.path("watch", path.dirname(absolute));
      if (!folder.ok) continue;
      watched.set(childPath(folder.value.path, path.basename(absolute)), file);
      folders.add(folder.value.path);
    }
    if (folders.size === 0) return;
    this.#subscription = await subscribe(this.#parts, outermost(folders), debounceMs);
    if (this.#subscription !== undefined) this.#watched = watched;
  }

  async #clear(): Promise<void> {
    const id = this.#subscription;
    this.#subscription = undefined;
    this.#watched = new Map();
    if (id !== undefined) await this.#parts.broker.act("watch", "unsubscribe", [id]);
  }
}

function refreshed(paths: readonly string[]): PluginEvent {
  return { tag: "refresh-timeline", val: paths };
}

/** Folders are watched with all below them. */
function outermost(folders: ReadonlySet<string>): readonly string[] {
  const isBelow = below(folders);
  return [...folders].filter((folder) => path.dirname(folder) === folder || !isBelow(path.dirname(folder)));
}

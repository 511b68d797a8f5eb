import type { PluginEntry } from "./plugin-entry.js";
import type { Preparation } from "./preparation.js";

/** The folders that plugins of this session may see: a file that they find there may be opened as well. */
export class GrantedFolders {
  readonly #folders = new Map<string, readonly string[]>();

  /** Notes what the preparation of an entry granted; returns the preparation. */
  follow(entry: PluginEntry, preparation: Preparation): Preparation {
    if (preparation.kind === "startable") this.#folders.set(entry.id, preparation.request.folders);
    else this.#folders.delete(entry.id);
    return preparation;
  }

  release(pluginId: string): void {
    this.#folders.delete(pluginId);
  }

  current(): readonly string[] {
    return [...new Set([...this.#folders.values()].flat())];
  }
}

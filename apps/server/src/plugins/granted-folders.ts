import type { Preparation } from "./preparation.js";

/** The folders that plugins of this session may see: a file that they find there may be opened as well. */
export class GrantedFolders {
  readonly #folders = new Map<string, readonly string[]>();

  /** Notes what the preparation that is in force granted. */
  follow(pluginId: string, preparation: Preparation): void {
    if (preparation.kind === "startable") this.#folders.set(pluginId, preparation.request.folders);
    else this.#folders.delete(pluginId);
  }

  release(pluginId: string): void {
    this.#folders.delete(pluginId);
  }

  current(): readonly string[] {
    return [...new Set([...this.#folders.values()].flat())];
  }
}

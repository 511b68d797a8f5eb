import path from "node:path";
import { DisposableStore, err, ok } from "@novywave/base";
import type { HostPorts } from "@novywave/plugin-host";
import { isInside } from "../workspace.js";
import type { WatchService } from "./watch-service.js";

export interface PluginWatchOptions {
  readonly watches: Pick<WatchService, "subscribe" | "watchFile">;
  /** Absolute path of the workspace; relative folders are meant from there. */
  readonly root: string;
  /** The one file that is open; where a plugin watches a folder that holds it, the file stands for the folder. */
  readonly file: string | undefined;
  /**
   * Something at or below these paths may have changed without anybody having been told by name: until now nobody
   * watched there, or a whole folder came, went or changed in too many places.
   */
  readonly unseen: (paths: readonly string[]) => void;
  /** Changes may be missed from now on. */
  readonly onFailure: (message: string) => void;
}

/** Watches folders for plugins, whether an instance of theirs runs or not. */
export function createPluginWatch(options: PluginWatchOptions): HostPorts["watch"] {
  const { watches, root, file, unseen, onFailure } = options;
  return async (directories, debounceMs, onChange) => {
    const folders = directories.map((folder) => path.resolve(root, folder));
    const elsewhere = folders.filter((folder) => file === undefined || !isInside(file, folder));
    const watched = new Set(folders);
    const forward = (paths: readonly string[]): void => {
      const whole = paths.filter((changed) => watched.has(changed));
      if (whole.length > 0) unseen(whole);
      onChange(paths);
    };
    const store = new DisposableStore();
    const opened = await Promise.all([
      watches.subscribe({
        directories: elsewhere,
        debounceMs,
        onChange: forward,
        onFailure: ({ message }) => onFailure(message),
      }),
      ...(file !== undefined && elsewhere.length < folders.length
        ? [watches.watchFile(file, debounceMs, () => onChange([file]))]
        : []),
    ]);
    for (const part of opened) if (part.ok) store.add(part.value);
    for (const part of opened) {
      if (part.ok) continue;
      store[Symbol.dispose]();
      return err(part.error.message);
    }
    unseen(folders);
    return ok(store);
  };
}

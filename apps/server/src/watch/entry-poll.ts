import fs from "node:fs/promises";
import type { TreeListener, TreeWatcher } from "./tree-watcher.js";

/** Milliseconds between two looks. */
const intervalMs = 100;

/**
 * Looks at one entry of a folder again and again, whatever happens to the folder: for systems whose watchers lose an entry
 * when its folder goes and comes back. A look is one system call, and few entries are watched by themselves.
 */
export function watchByLooking(entry: string, listener: TreeListener): TreeWatcher {
  let seen: string | undefined;
  let closed = false;
  let timer: NodeJS.Timeout | undefined;
  const look = async (): Promise<void> => {
    const found = await identityOf(entry);
    if (closed) return;
    if (seen === undefined) listener.ready();
    else if (seen !== found) listener.changed(entry);
    seen = found;
    timer = setTimeout(() => void look(), intervalMs);
  };
  void look();
  return {
    close: () => {
      closed = true;
      clearTimeout(timer);
      return Promise.resolve();
    },
  };
}

/** What differs when an entry was written, replaced, removed or made again. */
async function identityOf(entry: string): Promise<string> {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = await fs.lstat(entry, { bigint: true });
    return [dev, ino, size, mtimeNs, ctimeNs].join(" ");
  } catch {
    return "absent";
  }
}

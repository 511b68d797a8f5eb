import { lstat } from "node:fs/promises";
import path from "node:path";
import type { View } from "./platform.js";

/**
 * File systems count time in steps of up to some milliseconds: a change within the step of the last one leaves the time
 * as it was, so a folder is believed only when its last change is older than this.
 */
const settleMs = 25;
const attempts = 20;

/**
 * Lets `use` work on the folder `canonical` by its name, where no descriptor tells what was opened. Every folder from the
 * granted one down is looked at before and after: device, inode, and the time of the last change, which renaming a folder
 * changes as well. So a folder that was swapped for a link and put back meanwhile is found out; the work is done again.
 *
 * @returns undefined when a folder on the way is none, is a link, or does not come to rest
 */
export async function useUnmoved<T>(
  canonical: string,
  view: View,
  use: () => Promise<T>,
): Promise<T | undefined> {
  const folders = grantedChain(canonical, view);
  for (let attempt = 0; attempt < attempts; attempt++) {
    const before = await marks(folders);
    if (before === undefined) return undefined;
    const now = view.platform.now();
    if (before.changedMs > now - settleMs && before.changedMs <= now + settleMs) {
      await view.platform.pause(settleMs);
      continue;
    }
    const [used] = await Promise.allSettled([use()]);
    const after = await marks(folders);
    if (after?.text !== before.text) continue;
    if (used.status === "rejected") throw used.reason;
    return used.value;
  }
  return undefined;
}

/** `canonical` and the folders above it up to the granted one. */
function grantedChain(canonical: string, { isGranted }: View): readonly string[] {
  const folders = [canonical];
  for (let above = path.dirname(canonical); ; above = path.dirname(above)) {
    if (above === folders[0] || !isGranted(above)) return folders;
    folders.unshift(above);
  }
}

/** What tells folders from others in their place, and the time of their last change. */
async function marks(
  folders: readonly string[],
): Promise<{ readonly text: string; readonly changedMs: number } | undefined> {
  let text = "";
  let changedMs = 0;
  for (const folder of folders) {
    const stats = await lstat(folder, { bigint: true });
    if (!stats.isDirectory()) return undefined;
    text += `${stats.dev}:${stats.ino}:${stats.ctimeNs} `;
    changedMs = Math.max(changedMs, Number(stats.ctimeNs / 1_000_000n));
  }
  return { text, changedMs };
}

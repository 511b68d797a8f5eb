import { close, constants, fstat, open, readlink, type Stats } from "node:fs";
import { lstat } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { err, ok, type Result } from "@novywave/base";
import { errorCode } from "./canonical.js";
import type { View } from "./platform.js";
import { useUnmoved } from "./unmoved.js";

// Plain descriptors: a FileHandle costs twice as much, and a walk opens thousands.
const openFd = promisify(open);
const statFd = promisify(fstat);
const linkTarget = promisify(readlink);

/** Why something was not opened. Outside of the grant and non-existent are one: `not-found`. */
export type OpenProblem = "not-found" | "not-a-directory" | "not-readable" | "io";

/** `O_PATH` of Linux (`fcntl.h`, generic value): names a file without opening it, so a FIFO or a device is left alone. */
const O_PATH = 0o10000000;

const directoryFlags =
  constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/**
 * Opens `canonical`, lets `use` work on what was opened, closes it. On Linux the descriptor's own name is compared
 * with the grant after opening, so that a folder swapped for a link between check and use is found out, and `use` gets
 * a path through the descriptor. Elsewhere it is looked at before and after, see {@link useUnmoved}.
 */
export async function useDirectory<T>(
  canonical: string,
  view: View,
  use: (accessPath: string) => Promise<T>,
): Promise<Result<{ readonly path: string; readonly value: T }, OpenProblem>> {
  if (!view.isGranted(canonical)) return err("not-found");
  let fd: number | undefined;
  try {
    if (!view.platform.descriptorPaths) {
      const stats = await lstat(canonical);
      if (!stats.isDirectory()) return err(stats.isSymbolicLink() ? "not-found" : "not-a-directory");
      const used = await useUnmoved(canonical, view, async () => ({ value: await use(canonical) }));
      return used === undefined ? err("not-found") : ok({ path: canonical, value: used.value });
    }
    fd = await openFd(canonical, directoryFlags);
    const real = await linkTarget(`/proc/self/fd/${fd}`);
    if (!view.isGranted(real)) return err("not-found");
    return ok({ path: real, value: await use(`/proc/self/fd/${fd}`) });
  } catch (error) {
    return err(openProblem(error));
  } finally {
    if (fd !== undefined) release(fd);
  }
}

/** Closes without waiting: a walk is faster by that, and there is nothing to do about an error. */
function release(fd: number): void {
  close(fd, () => {});
}

/** What a path is. Only files and folders exist for a plugin; a FIFO, a socket or a device is `not-found`. */
export interface Examined {
  readonly path: string;
  readonly kind: "file" | "directory";
  readonly size: number;
  /** Milliseconds since the Unix epoch, with fractions. */
  readonly modifiedMs: number;
}

/** Looks at `canonical` without opening it, under the same check as {@link useDirectory}. */
export async function examine(canonical: string, view: View): Promise<Result<Examined, OpenProblem>> {
  if (!view.isGranted(canonical)) return err("not-found");
  let fd: number | undefined;
  try {
    if (!view.platform.descriptorPaths) {
      const above = path.dirname(canonical);
      // A granted folder itself has nothing above it that could be looked at.
      const stats = view.isGranted(above)
        ? await useUnmoved(above, view, () => lstat(canonical))
        : await lstat(canonical);
      return stats === undefined ? err("not-found") : describe(canonical, stats);
    }
    fd = await openFd(canonical, O_PATH | constants.O_NOFOLLOW);
    const real = await linkTarget(`/proc/self/fd/${fd}`);
    if (!view.isGranted(real)) return err("not-found");
    return describe(real, await statFd(fd));
  } catch (error) {
    return err(openProblem(error));
  } finally {
    if (fd !== undefined) release(fd);
  }
}

function describe(real: string, stats: Stats): Result<Examined, OpenProblem> {
  const kind = stats.isFile() ? "file" : stats.isDirectory() ? "directory" : undefined;
  if (kind === undefined) return err("not-found");
  return ok({ path: real, kind, size: kind === "file" ? stats.size : 0, modifiedMs: stats.mtimeMs });
}

function openProblem(error: unknown): OpenProblem {
  switch (errorCode(error)) {
    case "ENOENT":
    case "ELOOP":
    case "ENAMETOOLONG":
    case "ENXIO":
      return "not-found";
    case "ENOTDIR":
      return "not-a-directory";
    case "EACCES":
    case "EPERM":
      return "not-readable";
    default:
      if (errorCode(error) === undefined) throw error;
      return "io";
  }
}

/** Joins a folder and the name of an entry. */
export function childPath(directory: string, name: string): string {
  return directory.endsWith(path.sep) ? directory + name : directory + path.sep + name;
}

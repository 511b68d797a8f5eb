import { close, constants, fstat, open, read, readlink, type BigIntStats } from "node:fs";
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
const readFd = promisify(read);

/** Why something was not opened. Outside of the grant and non-existent are one: `not-found`. */
export type OpenProblem = "not-found" | "not-a-directory" | "not-readable" | "io";

/** `O_PATH` of Linux (`fcntl.h`, generic value): names a file without opening it, so a FIFO or a device is left alone. */
const O_PATH = 0o10000000;

const exact = { bigint: true } as const;

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
  /** Exact: beyond 2^53 others would be taken for the same. */
  readonly device: bigint;
  readonly inode: bigint;
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
        ? await useUnmoved(above, view, () => lstat(canonical, exact))
        : await lstat(canonical, exact);
      return stats === undefined ? err("not-found") : describe(canonical, stats);
    }
    fd = await openFd(canonical, O_PATH | constants.O_NOFOLLOW);
    const real = await linkTarget(`/proc/self/fd/${fd}`);
    if (!view.isGranted(real)) return err("not-found");
    return describe(real, await statFd(fd, exact));
  } catch (error) {
    return err(openProblem(error));
  } finally {
    if (fd !== undefined) release(fd);
  }
}

function describe(real: string, stats: BigIntStats): Result<Examined, OpenProblem> {
  const kind = stats.isFile() ? "file" : stats.isDirectory() ? "directory" : undefined;
  if (kind === undefined) return err("not-found");
  return ok({
    path: real,
    kind,
    size: kind === "file" ? Number(stats.size) : 0,
    modifiedMs: Number(stats.mtimeNs / 1_000_000n) + Number(stats.mtimeNs % 1_000_000n) / 1e6,
    device: stats.dev,
    inode: stats.ino,
  });
}

/** What of a file is read. */
export interface ReadRequest {
  readonly offset: number;
  /** Bytes; fewer are read where the file ends. */
  readonly length: number;
  /** Whether this is the file that is meant, and not another that has taken its place. */
  readonly isMeant: (examined: Examined) => boolean;
}

export type ReadProblem = OpenProblem | "is-directory" | "replaced";

/** A part of a file; `end` if nothing follows it. */
export interface FilePart {
  readonly bytes: Uint8Array;
  readonly end: boolean;
}

/**
 * Reads a part of the file `canonical`, under the same check as {@link useDirectory}. On Linux it is opened through the
 * descriptor that was looked at, so that what is opened is what was checked: no FIFO or device that took its place.
 */
export async function readFile(
  canonical: string,
  view: View,
  request: ReadRequest,
): Promise<Result<FilePart, ReadProblem>> {
  if (!view.isGranted(canonical)) return err("not-found");
  let fd: number | undefined;
  try {
    if (!view.platform.descriptorPaths) {
      const above = path.dirname(canonical);
      if (!view.isGranted(above)) return err("not-found");
      const read = await useUnmoved(above, view, async () =>
        readOpened(canonical, canonical, await lstat(canonical, exact), request),
      );
      return read ?? err("not-found");
    }
    fd = await openFd(canonical, O_PATH | constants.O_NOFOLLOW);
    const real = await linkTarget(`/proc/self/fd/${fd}`);
    if (!view.isGranted(real)) return err("not-found");
    return await readOpened(`/proc/self/fd/${fd}`, real, await statFd(fd, exact), request);
  } catch (error) {
    return err(openProblem(error));
  } finally {
    if (fd !== undefined) release(fd);
  }
}

/** Opens a file that was looked at by a name that leads to it and to nothing else; `stats`: what was seen. */
async function readOpened(
  accessPath: string,
  real: string,
  stats: BigIntStats,
  { offset, length, isMeant }: ReadRequest,
): Promise<Result<FilePart, ReadProblem>> {
  const examined = describe(real, stats);
  if (!examined.ok) return examined;
  if (examined.value.kind === "directory") return err("is-directory");
  if (!isMeant(examined.value)) return err("replaced");
  // By the descriptor it is a link of the system, which is to be followed.
  const noFollow = accessPath === real ? constants.O_NOFOLLOW : 0;
  const fd = await openFd(accessPath, constants.O_RDONLY | constants.O_NONBLOCK | noFollow);
  try {
    const opened = await statFd(fd, exact);
    if (opened.dev !== stats.dev || opened.ino !== stats.ino) return err("replaced");
    const size = Number(opened.size);
    const bytes = new Uint8Array(Math.max(0, Math.min(length, size - offset)));
    let filled = 0;
    while (filled < bytes.length) {
      const { bytesRead } = await readFd(fd, bytes, filled, bytes.length - filled, offset + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return ok({ bytes: bytes.subarray(0, filled), end: offset + filled >= size });
  } finally {
    release(fd);
  }
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

import fs from "node:fs";
import path from "node:path";
import { err, ok, type Result } from "@novywave/base";
import { isInside } from "../workspace.js";

/** What tells one version of a file from the next, without reading it. */
export interface FileStamp {
  readonly size: number;
  readonly modifiedNs: bigint;
  readonly inode: bigint;
  readonly device: bigint;
}

export function sameStamp(a: FileStamp, b: FileStamp): boolean {
  return a.size === b.size && a.modifiedNs === b.modifiedNs && a.inode === b.inode && a.device === b.device;
}

/** A file as it was when it was looked at. */
export interface FileVersion {
  /** Absolute, free of symbolic links: what is to be read. */
  readonly path: string;
  readonly stamp: FileStamp;
}

export interface FileFacts extends FileVersion {
  /** The first bytes: they tell the format, and are kept no longer than that takes. */
  readonly head: Uint8Array;
}

export type AccessFailure = {
  readonly code: "not-found" | "not-a-file" | "not-readable";
  readonly message: string;
};

/** Where files may be. */
export interface AllowedPlaces {
  /** Absolute, free of symbolic links. */
  readonly folders: readonly string[];
  /** The file that the user named, if he named one. */
  readonly single: string | undefined;
}

/** Bytes of the start of a file that tell its format. */
export const headBytes = 4_096;

/**
 * Looks at a file: inside an allowed place, regular, readable. What is outside gets the answer of what does not exist.
 * Never waits for a FIFO or a device. Synchronous, for a worker: see `look-worker.ts`.
 */
export function lookFile(file: string, places: AllowedPlaces): Result<FileFacts, AccessFailure> {
  if (!path.isAbsolute(file) || file.includes("\0")) return notFound(file);
  let fd: number | undefined;
  let allowed = false;
  try {
    const real = fs.realpathSync.native(file);
    allowed = isAllowed(real, places);
    if (!allowed) return notFound(file);
    const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = fs.constants;
    // Asked before opening: opening a device can have effects of its own.
    if (!fs.lstatSync(real).isFile()) return notAFile(file);
    fd = fs.openSync(real, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    const stat = fs.fstatSync(fd, { bigint: true });
    if (!stat.isFile()) return notAFile(file);
    if (!stillAt(fd, real)) return notFound(file);
    const head = new Uint8Array(Math.min(headBytes, Number(stat.size)));
    const bytesRead = fs.readSync(fd, head, 0, head.length, 0);
    return ok({
      path: real,
      stamp: { size: Number(stat.size), modifiedNs: stat.mtimeNs, inode: stat.ino, device: stat.dev },
      head: head.subarray(0, bytesRead),
    });
  } catch (error) {
    // Before it is known to be inside, no reason is given: "permission denied" would tell that something is there.
    return allowed ? failureOf(file, error) : notFound(file);
  } finally {
    if (fd !== undefined) fs.closeSync(fd);
  }
}

function isAllowed(real: string, { folders, single }: AllowedPlaces): boolean {
  return real === single || folders.some((folder) => isInside(real, folder));
}

/** On Linux the kernel tells what was really opened; a folder on the way may have been exchanged since `realpath`. */
function stillAt(fd: number, real: string): boolean {
  if (process.platform !== "linux") return true;
  try {
    return fs.readlinkSync(`/proc/self/fd/${fd}`) === real;
  } catch {
    return true;
  }
}

function failureOf(file: string, error: unknown): Result<never, AccessFailure> {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "EACCES" || code === "EPERM") {
    return err({ code: "not-readable", message: `${file} may not be read; check its permissions` });
  }
  if (code === "ENOENT" || code === "ENOTDIR" || code === "ELOOP") return notFound(file);
  return err({ code: "not-readable", message: `${file} cannot be read: ${String(error)}` });
}

function notFound(file: string): Result<never, AccessFailure> {
  return err({
    code: "not-found",
    message: `there is no such file in the folders that are open: ${file}`,
  });
}

function notAFile(file: string): Result<never, AccessFailure> {
  return err({ code: "not-a-file", message: `${file} is not a regular file` });
}

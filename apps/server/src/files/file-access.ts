import fs from "node:fs/promises";
import path from "node:path";
import { err, ok, type Result } from "@novywave/base";
import { isInside } from "../workspace.js";

/** Bytes of the start of a file that tell its format. */
export const headBytes = 4_096;

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

export interface FileFacts {
  /** Absolute, free of symbolic links: what is to be read. */
  readonly path: string;
  readonly stamp: FileStamp;
  /** The first bytes. */
  readonly head: Uint8Array;
}

export type AccessFailure = {
  readonly code: "not-found" | "not-a-file" | "not-readable";
  readonly message: string;
};

export interface FileAccess {
  /**
   * Looks at a file: inside a granted folder, regular, readable. What is outside gets the answer of what does not
   * exist. Never waits for a FIFO or a device.
   */
  look(file: string, headBytes: number): Promise<Result<FileFacts, AccessFailure>>;
}

/**
 * Lets files in `folders()` (absolute, free of symbolic links) be read, and `single`, the file that the user named. The
 * folders are asked for at each look: grants come and go.
 */
export function createFileAccess(folders: () => readonly string[], single: string | undefined): FileAccess {
  const allowed = (real: string): boolean =>
    real === single || folders().some((folder) => isInside(real, folder));
  return {
    async look(file, headBytes) {
      if (!path.isAbsolute(file) || file.includes("\0")) return notFound(file);
      let handle: fs.FileHandle | undefined;
      try {
        const real = await fs.realpath(file);
        if (!allowed(real)) return notFound(file);
        const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = fs.constants;
        // Asked before opening: opening a device can have effects of its own.
        if (!(await fs.lstat(real)).isFile()) return notAFile(file);
        handle = await fs.open(real, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
        const stat = await handle.stat({ bigint: true });
        if (!stat.isFile()) return notAFile(file);
        if (!(await stillAt(handle.fd, real))) return notFound(file);
        const head = new Uint8Array(headBytes);
        const { bytesRead } = await handle.read(head, 0, headBytes, 0);
        return ok({
          path: real,
          stamp: { size: Number(stat.size), modifiedNs: stat.mtimeNs, inode: stat.ino, device: stat.dev },
          head: head.subarray(0, bytesRead),
        });
      } catch (error) {
        const code = error instanceof Error && "code" in error ? error.code : undefined;
        if (code === "EACCES" || code === "EPERM") {
          return err({ code: "not-readable", message: `${file} may not be read; check its permissions` });
        }
        if (code === "ENOENT" || code === "ENOTDIR" || code === "ELOOP") return notFound(file);
        return err({ code: "not-readable", message: `${file} cannot be read: ${String(error)}` });
      } finally {
        await handle?.close();
      }
    },
  };
}

/** On Linux the kernel tells what was really opened; a folder on the way may have been exchanged since `realpath`. */
async function stillAt(fd: number, real: string): Promise<boolean> {
  if (process.platform !== "linux") return true;
  try {
    return (await fs.readlink(`/proc/self/fd/${fd}`)) === real;
  } catch {
    return true;
  }
}

function notFound(file: string): Result<never, AccessFailure> {
  return err({ code: "not-found", message: `there is no such file in the folders that are open: ${file}` });
}

function notAFile(file: string): Result<never, AccessFailure> {
  return err({ code: "not-a-file", message: `${file} is not a regular file` });
}

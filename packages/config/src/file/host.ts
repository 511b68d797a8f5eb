import * as fs from "node:fs/promises";
import { hostname } from "node:os";
import type { ConfigError, ConfigErrorCode } from "../schema/error.js";

/** The calls of `node:fs/promises` that this package makes; tests hand in their own. */
export type ConfigFs = Pick<
  typeof fs,
  "lstat" | "realpath" | "access" | "open" | "rename" | "unlink" | "readdir" | "symlink" | "readlink"
>;

/** The process that writes, as others see it. */
export interface ProcessInfo {
  readonly host: string;
  readonly pid: number;
  /** Whether a process with this id runs on this machine. */
  isAlive(pid: number): boolean;
}

export const nodeFs: ConfigFs = fs;

/** This process. */
export function currentProcess(): ProcessInfo {
  return {
    host: hostname(),
    pid: process.pid,
    isAlive(pid) {
      try {
        process.kill(pid, 0);
        return true;
      } catch (error) {
        return errorCode(error) !== "ESRCH";
      }
    },
  };
}

/** The code of an error of the operating system, as `ENOENT`. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}

/** An error of the operating system, told to a person. Anything else is a bug and thrown on. */
export function ioError(action: string, error: unknown): ConfigError {
  const code = errorCode(error);
  if (code === undefined) throw error;
  const denied = code === "EACCES" || code === "EPERM" || code === "EROFS";
  const kind: ConfigErrorCode = denied && action.startsWith("write") ? "read-only" : "io";
  return { code: kind, message: `cannot ${action}: ${ADVICE[code] ?? "the system refused"} (${code})` };
}

const ADVICE: Readonly<Record<string, string>> = {
  EACCES: "permission denied; check the rights of the file and of its folder",
  EPERM: "permission denied; check the rights of the file and of its folder",
  EROFS: "the file system is read-only",
  ENOSPC: "no space is left on the device",
  EDQUOT: "the disk quota is used up",
  ENOENT: "the folder is gone",
  EIO: "the device reported an error",
};

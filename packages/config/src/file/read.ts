import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { basename, dirname, join, sep } from "node:path";
import { err, ok, type Result } from "@novywave/base";
import type { ConfigError } from "../schema/error.js";
import { errorCode, ioError, type ConfigFs } from "./host.js";

/** Larger files are refused unread. */
export const MAX_BYTES = 1024 * 1024;

/** What stands at a path. `target` is the real path that a write must replace. */
export type FileState =
  | { readonly kind: "missing"; readonly target: string }
  | {
      readonly kind: "file";
      readonly target: string;
      readonly bytes: Uint8Array;
      readonly hash: string;
      /** Permission bits. */
      readonly mode: number;
      /** Why it must not be written, if so. */
      readonly readOnly?: string;
    };

/** SHA-256 of `bytes`, hexadecimal. */
export function hashOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/**
 * Reads the file at `path` whole. Only a regular file is opened, and never in a way that could block. A link is followed;
 * one that leads out of the folder of `path` makes the file read-only.
 */
export async function readFileState(fs: ConfigFs, path: string): Promise<Result<FileState, ConfigError>> {
  const name = basename(path);
  try {
    const folder = await fs.realpath(dirname(path));
    let stat;
    try {
      stat = await fs.lstat(path);
    } catch (error) {
      if (errorCode(error) === "ENOENT") return ok({ kind: "missing", target: join(folder, name) });
      throw error;
    }
    if (!stat.isSymbolicLink()) return await readRegular(fs, join(folder, name), name, undefined);
    const target = await realTarget(fs, path);
    if (target === undefined) return err(notAFile(name, "a link that leads nowhere"));
    const inside = target.startsWith(folder.endsWith(sep) ? folder : folder + sep);
    const readOnly = `${name} is a link out of its folder, so it is not written; replace the link by a file to change it`;
    return await readRegular(fs, target, name, inside ? undefined : readOnly);
  } catch (error) {
    return err(ioError(`read ${name}`, error));
  }
}

async function realTarget(fs: ConfigFs, path: string): Promise<string | undefined> {
  try {
    return await fs.realpath(path);
  } catch (error) {
    const code = errorCode(error);
    if (code === "ENOENT" || code === "ELOOP" || code === "ENOTDIR") return undefined;
    throw error;
  }
}

async function readRegular(
  fs: ConfigFs,
  target: string,
  name: string,
  readOnly: string | undefined,
): Promise<Result<FileState, ConfigError>> {
  const before = await fs.lstat(target);
  if (!before.isFile()) return err(notAFile(name, before.isDirectory() ? "a folder" : "a special file"));
  const file = await fs.open(target, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
  try {
    // What was opened may be another file than the one looked at before.
    const stat = await file.stat();
    if (!stat.isFile()) return err(notAFile(name, "a special file"));
    const bytes = await readUpTo(file, MAX_BYTES + 1);
    if (bytes.length > MAX_BYTES) {
      const message = `${name} is larger than ${MAX_BYTES} bytes, which no configuration needs; make it smaller`;
      return err({ code: "too-large", message });
    }
    const reason = readOnly ?? (await deniedWrite(fs, target, name));
    const state = { kind: "file", target, bytes, hash: hashOf(bytes), mode: stat.mode & 0o777 } as const;
    return ok(reason === undefined ? state : { ...state, readOnly: reason });
  } finally {
    await file.close();
  }
}

async function readUpTo(file: Awaited<ReturnType<ConfigFs["open"]>>, limit: number): Promise<Uint8Array> {
  const buffer = new Uint8Array(limit);
  let length = 0;
  while (length < limit) {
    const { bytesRead } = await file.read(buffer, length, limit - length, length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return buffer.slice(0, length);
}

/** Replacing a file needs no right to write it, but a person who took that right away means it. */
async function deniedWrite(fs: ConfigFs, target: string, name: string): Promise<string | undefined> {
  try {
    await fs.access(target, constants.W_OK);
    return undefined;
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    return `${name} is write-protected; give yourself the right to write it (chmod u+w)`;
  }
}

function notAFile(name: string, what: string): ConfigError {
  return { code: "not-a-file", message: `${name} is ${what}; it must be a regular file: move it away` };
}

import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { basename, dirname, join } from "node:path";
import { errorCode, type ConfigFs } from "./host.js";

const CREATE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

/** Whether `candidate` is a temp file that this package makes beside the file `name`. */
function isTempOf(name: string, candidate: string): boolean {
  if (!candidate.startsWith(`${name}.`)) return false;
  return /^([0-9a-f]{12}\.tmp|lock\.[0-9a-f]{12})$/.test(candidate.slice(name.length + 1));
}

/**
 * Replaces `target` by `bytes` so that whoever reads it, also after a crash at any point, finds all of the old or all of
 * the new: written to a new file beside it, flushed, renamed, and the folder flushed. `stillWanted` is asked last; if it
 * answers false nothing was changed, and so does this.
 */
export async function replaceFile(
  fs: ConfigFs,
  target: string,
  bytes: Uint8Array,
  mode: number | undefined,
  stillWanted: () => Promise<boolean>,
): Promise<boolean> {
  const temp = `${target}.${randomBytes(6).toString("hex")}.tmp`;
  let renamed = false;
  try {
    await createFile(fs, temp, bytes, mode);
    if (!(await stillWanted())) return false;
    try {
      await fs.rename(temp, target);
    } catch (error) {
      // Somebody took our file for a left-over: as if it had not been written.
      if (errorCode(error) === "ENOENT") return false;
      throw error;
    }
    renamed = true;
  } finally {
    if (!renamed) await unlinkQuietly(fs, temp);
  }
  await syncFolder(fs, dirname(target));
  return true;
}

/** Creates a file that was not there (`EEXIST` otherwise), and flushes it. Without `mode` the user's default applies. */
export async function createFile(
  fs: ConfigFs,
  path: string,
  bytes: Uint8Array,
  mode: number | undefined,
): Promise<void> {
  const file = await fs.open(path, CREATE, mode === undefined ? 0o666 : 0o600);
  try {
    await file.writeFile(bytes);
    if (mode !== undefined) await file.chmod(mode);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Makes the names in a folder survive a crash, where the file system can. */
export async function syncFolder(fs: ConfigFs, folder: string): Promise<void> {
  try {
    const handle = await fs.open(folder, constants.O_RDONLY);
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    const code = errorCode(error);
    if (code !== "EINVAL" && code !== "EISDIR" && code !== "EPERM" && code !== "EACCES" && code !== "ENOTSUP")
      throw error;
  }
}

/** Temp files that a crash left beside `target`. */
export async function findLeftovers(fs: ConfigFs, target: string): Promise<readonly string[]> {
  const folder = dirname(target);
  const name = basename(target);
  const names = await fs.readdir(folder);
  return names.filter((candidate) => isTempOf(name, candidate)).map((candidate) => join(folder, candidate));
}

/** Removes a file; one that is gone, or cannot be removed, is not worth failing for. */
export async function unlinkQuietly(fs: ConfigFs, path: string): Promise<void> {
  try {
    await fs.unlink(path);
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
  }
}

import { constants } from "node:fs";
import { mkdir, open, rename, rm } from "node:fs/promises";
import { randomUUID } from "node:crypto";
import path from "node:path";
import { errorCode } from "../paths/canonical.js";

const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** Ends the name of a file that is being written. */
export const temporaryEnd = ".tmp";

/** The bytes of a regular file; undefined if there is none. Throws for anything that is no regular file, or is larger. */
export async function readPrivateFile(file: string, maxBytes: number): Promise<Uint8Array | undefined> {
  try {
    const handle = await open(file, flags);
    try {
      const stats = await handle.stat();
      if (!stats.isFile()) throw new Error(`${file} is no regular file`);
      if (stats.size > maxBytes) throw new Error(`${file} has ${stats.size} bytes; the most is ${maxBytes}`);
      return await handle.readFile();
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw error;
  }
}

/** Writes a file that only this user may read (mode 0600), whole or not at all. */
export async function writePrivateFile(file: string, content: string | Uint8Array): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  const temporary = `${file}.${randomUUID()}${temporaryEnd}`;
  try {
    const handle = await open(temporary, "wx", 0o600);
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

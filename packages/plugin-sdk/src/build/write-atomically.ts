import { randomUUID } from "node:crypto";
import { mkdir, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { BuildFailure, throwIfCancelled } from "./error.js";

/**
 * Writes beside the target and renames over it, so that a reader sees the old file or the new one, never half of one.
 * Leaves nothing behind when `signal` is aborted.
 */
export async function writeAtomically(
  file: string,
  content: Uint8Array | string,
  signal?: AbortSignal,
): Promise<void> {
  const temporary = `${file}.${randomUUID()}.tmp`;
  try {
    throwIfCancelled(signal);
    await mkdir(dirname(file), { recursive: true });
    const handle = await open(temporary, "wx");
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    throwIfCancelled(signal);
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    if (error instanceof BuildFailure) throw error;
    throw new BuildFailure({
      code: "write-failed",
      message: `cannot write: ${error instanceof Error ? error.message : String(error)}`,
      action: "Check the folder's permissions and the free space.",
      file,
    });
  }
}

import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";

/** The hash of a file's bytes in hexadecimal; undefined if it cannot be read. */
export async function sha256OfFile(path: string): Promise<string | undefined> {
  try {
    return createHash("sha256")
      .update(await readFile(path))
      .digest("hex");
  } catch {
    return undefined;
  }
}

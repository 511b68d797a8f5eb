import { readdir, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** What goes into every artifact beside the plugin's own files: the SDK itself, and the contract. */
const toolchain = [
  fileURLToPath(new URL("../../dist/guest", import.meta.url)),
  fileURLToPath(new URL("../../dist/build", import.meta.url)),
  dirname(fileURLToPath(import.meta.resolve("@novywave/contract"))),
];

/** Whether `artifact` is newer than all that the plugin with this manifest is made of. */
export async function isUpToDate(artifact: string, manifest: string): Promise<boolean> {
  const built = await timeOf(artifact);
  if (built === undefined) return false;
  for (const part of [manifest, join(dirname(manifest), "src"), ...toolchain])
    if (!(await isOlder(part, built))) return false;
  return true;
}

async function isOlder(path: string, time: number): Promise<boolean> {
  const entries = await readdir(path, { recursive: true }).catch(() => []);
  for (const part of ["", ...entries]) {
    const changed = await timeOf(join(path, part));
    if (changed === undefined || changed >= time) return false;
  }
  return true;
}

/** Milliseconds; undefined if there is no such file. */
async function timeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).mtimeMs;
  } catch {
    return undefined;
  }
}

import { readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { BuildReport } from "./report.js";
import { writeAtomically } from "./write-atomically.js";

/** What `plugins/dist/shipped.json` holds: the plugins that may run without being asked for, by their hashes. */
export interface ShippedPlugins {
  readonly plugins: readonly ShippedPlugin[];
}

export interface ShippedPlugin {
  /** As in `builtin:<name>`. */
  readonly name: string;
  readonly id: string;
  readonly version: string;
  /** Name of the artifact in the same folder. */
  readonly file: string;
  /** In hexadecimal. */
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
}

const listName = "shipped.json";

/** Writes the list of what was built into `folder`. */
export async function writeShipped(folder: string, reports: readonly BuildReport[]): Promise<void> {
  await write(folder, reports.map(describe));
}

/** Keeps a list beside the artifact true: a plugin that is on it and was built alone gets its new hash. */
export async function updateShipped(report: BuildReport): Promise<void> {
  const folder = dirname(report.file);
  const entry = describe(report);
  const plugins = await readShipped(folder);
  if (!plugins.some((plugin) => plugin.id === entry.id && plugin.file === entry.file)) return;
  await write(
    folder,
    plugins.map((plugin) => (plugin.id === entry.id ? entry : plugin)),
  );
}

function describe({ name, id, version, file, sha256, size }: BuildReport): ShippedPlugin {
  return { name, id, version, file: basename(file), sha256, size };
}

async function write(folder: string, plugins: readonly ShippedPlugin[]): Promise<void> {
  await writeAtomically(join(folder, listName), `${JSON.stringify({ plugins }, null, 2)}\n`);
}

/** The list in `folder`; empty if there is none, or none that this program wrote. */
async function readShipped(folder: string): Promise<readonly ShippedPlugin[]> {
  try {
    const list = JSON.parse(await readFile(join(folder, listName), "utf8")) as ShippedPlugins;
    return list.plugins.every((plugin) => typeof plugin.id === "string") ? list.plugins : [];
  } catch {
    return [];
  }
}

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { shippedPluginsFolder } from "./installation.js";

/** One plugin that ships with the program, as the build noted it. */
export interface ShippedPlugin {
  /** As in `builtin:<name>`. */
  readonly name: string;
  readonly id: string;
  readonly version: string;
  /** Absolute path of the artifact. */
  readonly path: string;
  readonly sha256: string;
  readonly size: number;
}

/** As the plugin host's `BuiltinArtifacts`. */
export interface ShippedArtifacts {
  get(name: string): ShippedPlugin | undefined;
  isShipped(sha256: string): boolean;
}

/** The plugins that ship with the program; none where they are not built. */
export async function shippedPlugins(
  folder: string = shippedPluginsFolder,
): Promise<readonly ShippedPlugin[]> {
  let text: string;
  try {
    text = await readFile(join(folder, "shipped.json"), "utf8");
  } catch {
    return [];
  }
  const list: unknown = JSON.parse(text);
  if (typeof list !== "object" || list === null || !("plugins" in list) || !Array.isArray(list.plugins))
    return [];
  return list.plugins.flatMap((entry: unknown) => readEntry(entry, folder) ?? []);
}

/** The same as the plugin host wants it. */
export async function shippedArtifacts(folder: string = shippedPluginsFolder): Promise<ShippedArtifacts> {
  const plugins = await shippedPlugins(folder);
  const byName = new Map(plugins.map((plugin) => [plugin.name, plugin]));
  const hashes = new Set(plugins.map((plugin) => plugin.sha256));
  return {
    get: (name) => byName.get(name),
    isShipped: (sha256) => hashes.has(sha256),
  };
}

function readEntry(entry: unknown, folder: string): ShippedPlugin | undefined {
  if (typeof entry !== "object" || entry === null) return undefined;
  const { name, id, version, file, sha256, size } = entry as Record<string, unknown>;
  if (
    typeof name !== "string" ||
    typeof id !== "string" ||
    typeof version !== "string" ||
    typeof file !== "string" ||
    typeof sha256 !== "string" ||
    typeof size !== "number"
  )
    return undefined;
  return { name, id, version, path: join(folder, file), sha256, size };
}

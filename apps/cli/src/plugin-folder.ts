import { stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { CommandFailure } from "./exit.js";
import { installationRoot } from "./installation.js";

/**
 * The folder of the plugin that the user names: a folder, or the id of a plugin in a `plugins/` tree, here or in the
 * clone. Without a name, the current folder: the build looks upward from there.
 */
export async function pluginFolder(name: string | undefined): Promise<string> {
  if (name === undefined) return process.cwd();
  const found = await findPluginFolder(name);
  if (found !== undefined) return found;
  throw new CommandFailure(
    "manifest-missing",
    `There is no plugin "${name}": neither ${resolve(name)} nor plugins/${shortName(name)} has a Plugin.toml.`,
  );
}

/**
 * The folder of the source of a plugin, if it is there: the one that is named, or, without a name, the nearest one upward
 * with a `Plugin.toml`.
 */
export async function findPluginFolder(name: string | undefined): Promise<string | undefined> {
  if (name === undefined) return nearestUpward(process.cwd());
  const short = shortName(name);
  const candidates = [
    resolve(name),
    ...[process.cwd(), installationRoot].flatMap((root) =>
      [short, name].map((folder) => join(root, "plugins", folder)),
    ),
  ];
  for (const candidate of candidates) if (await isFile(join(candidate, "Plugin.toml"))) return candidate;
  return undefined;
}

async function nearestUpward(folder: string): Promise<string | undefined> {
  for (let at = folder; ; at = dirname(at)) {
    if (await isFile(join(at, "Plugin.toml"))) return at;
    if (dirname(at) === at) return undefined;
  }
}

const shortName = (id: string): string => id.replace(/^novywave\./u, "");

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

import { stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { CommandFailure } from "./exit.js";
import { installationRoot } from "./installation.js";

/**
 * The folder of the plugin that the user names: a folder, or the id of a plugin in a `plugins/` tree, here or in the
 * clone. Without a name, the current folder: the build looks upward from there.
 */
export async function pluginFolder(name: string | undefined): Promise<string> {
  if (name === undefined) return process.cwd();
  const short = name.replace(/^novywave\./u, "");
  const candidates = [
    resolve(name),
    ...[process.cwd(), installationRoot].flatMap((root) =>
      [short, name].map((folder) => join(root, "plugins", folder)),
    ),
  ];
  for (const candidate of candidates) if (await isFile(join(candidate, "Plugin.toml"))) return candidate;
  throw new CommandFailure(
    "manifest-missing",
    `There is no plugin "${name}": neither ${candidates[0]} nor plugins/${short} has a Plugin.toml.`,
  );
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

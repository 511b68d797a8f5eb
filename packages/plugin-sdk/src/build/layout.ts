import { stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { BuildFailure } from "./error.js";

const manifestName = "Plugin.toml";

/** The nearest `Plugin.toml`, in `folder` or above it. Throws {@link BuildFailure}. */
export async function findManifest(folder: string): Promise<string> {
  for (let at = resolve(folder); ; at = dirname(at)) {
    const file = join(at, manifestName);
    if (await isFile(file)) return file;
    if (dirname(at) === at) break;
  }
  throw new BuildFailure({
    code: "manifest-missing",
    message: `there is no ${manifestName} in ${resolve(folder)} or above it`,
    action: "Run the command in a plugin's folder, or write a Plugin.toml.",
  });
}

/** `waveform_scanner` for `novywave.waveform_scanner`; ids of others stay whole. */
export function shortName(id: string): string {
  return id.startsWith("novywave.") ? id.slice("novywave.".length) : id;
}

/** Where the artifact goes: `plugins/dist/` for a plugin in a `plugins/` tree, else `dist/` beside the manifest. */
export function artifactFile(manifestFile: string, id: string): string {
  const folder = dirname(manifestFile);
  const parent = dirname(folder);
  const out = basename(parent) === "plugins" ? join(parent, "dist") : join(folder, "dist");
  return join(out, `${shortName(id)}_plugin.wasm`);
}

export async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

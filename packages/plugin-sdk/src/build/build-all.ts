import { readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { err, ok, type Result } from "../result.js";
import { buildPlugin } from "./build.js";
import { BuildFailure, type BuildError } from "./error.js";
import { isFile } from "./layout.js";
import { readManifest } from "./manifest.js";
import type { BuildReport } from "./report.js";
import { writeShipped } from "./shipped.js";

export interface BuildAllOptions {
  /** The folder that contains `plugins/`. */
  readonly root: string;
  /** Builds without writing. */
  readonly check?: boolean;
  /** Ends the build with `cancelled`; what was built before stays. */
  readonly signal?: AbortSignal;
  /** Called with a line of text after each plugin. */
  readonly onProgress?: (line: string) => void;
}

/** Builds every `plugins/<name>/Plugin.toml` below `root`, in order of their names; stops at the first error. */
export async function buildAll(options: BuildAllOptions): Promise<Result<BuildReport[], BuildError>> {
  const plugins = join(options.root, "plugins");
  const reports: BuildReport[] = [];
  try {
    const folders = await pluginFolders(plugins);
    await checkIds(folders);
    for (const folder of folders) {
      const built = await buildPlugin({
        folder,
        check: options.check === true,
        ...(options.signal && { signal: options.signal }),
      });
      if (!built.ok) return built;
      reports.push(built.value);
      const { id, size, durationMs, file } = built.value;
      const where = built.value.written ? `plugins/dist/${basename(file)}` : "not written";
      options.onProgress?.(
        `${id}: ${(size / 1024).toFixed(0)} KiB in ${(durationMs / 1000).toFixed(1)} s, ${where}`,
      );
    }
    if (options.check !== true) await writeShipped(join(plugins, "dist"), reports);
    return ok(reports);
  } catch (error) {
    if (error instanceof BuildFailure) return err(error.detail);
    throw error;
  }
}

/** Folders below `plugins` that have a `Plugin.toml`, sorted. */
export async function pluginFolders(plugins: string): Promise<string[]> {
  const names = await readdir(plugins).catch((): string[] => []);
  const folders: string[] = [];
  for (const name of names.toSorted()) {
    if (await isFile(join(plugins, name, "Plugin.toml"))) folders.push(join(plugins, name));
  }
  if (folders.length > 0) return folders;
  throw new BuildFailure({
    code: "manifest-missing",
    message: `there is no plugin in ${plugins}`,
    action: "Plugins live in plugins/<name>/ with a Plugin.toml each.",
  });
}

/** Two plugins of one id would write one artifact. */
async function checkIds(folders: readonly string[]): Promise<void> {
  const seen = new Set<string>();
  for (const folder of folders) {
    const { file, id } = await readManifest(join(folder, "Plugin.toml"));
    if (seen.has(id)) {
      throw new BuildFailure({
        code: "duplicate-id",
        message: `the id "${id}" is taken by another plugin in this tree`,
        action: "Give each plugin its own id.",
        file,
      });
    }
    seen.add(id);
  }
}

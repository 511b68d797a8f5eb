import { dirname, join, sep } from "node:path";
import { watch, type FSWatcher } from "chokidar";

/** Milliseconds without a change after which a change is told: an editor writes several times. */
const quietMs = 100;

/**
 * Watches what the plugin with this manifest is made of: `Plugin.toml` and `src/`. Resolves when changes are seen; `onChange`
 * is called once for changes that follow each other. `close` ends it.
 */
export async function watchSources(
  manifestFile: string,
  onChange: () => void,
): Promise<{ close(): Promise<void> }> {
  const folder = dirname(manifestFile);
  const source = join(folder, "src");
  // The folder itself, so that a `src` that is replaced as a whole is seen again; nothing else in it.
  const watcher: FSWatcher = watch(folder, {
    ignoreInitial: true,
    ignored: (path) =>
      path !== folder && path !== manifestFile && path !== source && !path.startsWith(source + sep),
  });
  let timer: NodeJS.Timeout | undefined;
  watcher.on("all", () => {
    clearTimeout(timer);
    timer = setTimeout(onChange, quietMs);
  });
  // What cannot be watched any more is told by the next build.
  watcher.on("error", () => {});
  await new Promise<void>((resolve) => watcher.once("ready", () => resolve()));
  return {
    async close() {
      clearTimeout(timer);
      await watcher.close();
    },
  };
}

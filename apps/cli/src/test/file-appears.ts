import { watch } from "node:fs";
import { join } from "node:path";

/** Watches a folder, from now on, for a file whose name fits; `path` resolves when it appears. */
export function fileAppears(
  folder: string,
  fits: (name: string) => boolean,
): Disposable & { readonly path: Promise<string> } {
  const watcher = watch(folder);
  const path = new Promise<string>((resolve) => {
    watcher.on("change", (_, name) => {
      if (name !== null && fits(name.toString())) resolve(join(folder, name.toString()));
    });
  });
  return { path, [Symbol.dispose]: () => watcher.close() };
}

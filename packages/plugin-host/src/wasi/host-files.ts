import type { WasiFiles } from "./ports.js";

/** The files of the server, which answers with what the broker's `file-contents` says. */
export function hostFiles(ask: (name: string, ...args: readonly unknown[]) => unknown): WasiFiles {
  return {
    folders: () => ask("folders") as ReturnType<WasiFiles["folders"]>,
    stat: (path) => ask("stat", path) as ReturnType<WasiFiles["stat"]>,
    list: (path) => ask("list", path) as ReturnType<WasiFiles["list"]>,
    read: (path, identity, offset, length) =>
      ask("read", path, identity, offset, length) as ReturnType<WasiFiles["read"]>,
  };
}

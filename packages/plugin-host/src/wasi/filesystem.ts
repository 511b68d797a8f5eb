import { Descriptor, DirectoryEntryStream, FileError } from "./descriptor.js";
import type { WasiFiles, WasiPorts } from "./ports.js";

/**
 * `wasi:filesystem/types` and `preopens`. Without `files` no folder is open, so no file can be reached: plugins ask
 * `novywave:plugins/filesystem`. With them (capability `file-contents`) the granted folders are open for reading.
 */
export function filesystem(
  ports: WasiPorts,
  files: WasiFiles | undefined,
): { readonly types: object; readonly preopens: object } {
  return {
    types: {
      Descriptor,
      DirectoryEntryStream,
      filesystemErrorCode: (error: unknown) => (error instanceof FileError ? error.code : undefined),
    },
    preopens: { getDirectories: () => (files ? preopens(ports, files) : []) },
  };
}

/** Each granted folder under its own path; the first, which is the workspace, is the working directory as well. */
function preopens(ports: WasiPorts, files: WasiFiles): readonly (readonly [Descriptor, string])[] {
  return files.folders().flatMap(({ path, identity }, index) => {
    const open = (name: string) =>
      [new Descriptor(ports, files, path, { kind: "directory", identity }), name] as const;
    return index === 0 ? [open("."), open(path)] : [open(path)];
  });
}

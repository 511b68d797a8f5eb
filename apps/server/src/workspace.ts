import fs from "node:fs/promises";
import path from "node:path";
import { err, ok, type Result } from "@novywave/base";

export type Target =
  | { readonly kind: "folder"; readonly path: string }
  | { readonly kind: "file"; readonly path: string };

/** The folder that is open. */
export interface Workspace {
  /** Absolute, free of symbolic links. */
  readonly root: string;
  /** The one file that was asked for; then the folder is not scanned. */
  readonly file?: string;
  /** What the user named: the folder, or the file. */
  readonly target: string;
}

export type WorkspaceProblem = {
  readonly code: "not-found" | "not-a-folder" | "not-a-file" | "not-readable";
  readonly message: string;
};

/** Looks at what the user named. Problems tell what is wrong with it and what would do. */
export async function openWorkspace(target: Target): Promise<Result<Workspace, WorkspaceProblem>> {
  const named = path.resolve(target.path);
  try {
    const real = await fs.realpath(named);
    const stat = await fs.stat(real);
    if (target.kind === "file") {
      if (!stat.isFile()) {
        return err({
          code: "not-a-file",
          message: `${named} is not a regular file; name a waveform file or a folder`,
        });
      }
      await fs.access(real, fs.constants.R_OK);
      return ok({ root: path.dirname(real), file: real, target: real });
    }
    if (!stat.isDirectory()) {
      return err({ code: "not-a-folder", message: `${named} is not a folder; name a folder with waveforms` });
    }
    await fs.readdir(real);
    return ok({ root: real, target: real });
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ENOENT" || code === "ENOTDIR") {
      return err({
        code: "not-found",
        message: `${named} does not exist; check the spelling of the path`,
      });
    }
    return err({
      code: "not-readable",
      message: `${named} cannot be read (${String(code ?? error)}); check its permissions`,
    });
  }
}

/** Whether `inner` is `outer` or lies below it; both absolute and normalised. */
export function isInside(inner: string, outer: string): boolean {
  const relative = path.relative(outer, inner);
  return (
    relative === "" ||
    (relative !== ".." && !relative.startsWith(`..${path.sep}`) && !path.isAbsolute(relative))
  );
}

/** How a person sees a file: relative to the workspace where it lies inside, with forward slashes. */
export function displayName(root: string, file: string): string {
  if (!isInside(file, root)) return file;
  return path.relative(root, file).split(path.sep).join("/") || path.basename(file);
}

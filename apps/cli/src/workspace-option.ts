import { realpath, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { Option } from "commander";
import { CommandFailure } from "./exit.js";

/** `--workspace FOLDER` */
export function workspaceOption(): Option {
  return new Option("-w, --workspace <folder>", "the folder whose .novywave is meant").default(
    ".",
    "the current folder",
  );
}

/** The real path of the folder that is meant; for a file, the folder it lies in. */
export async function workspaceFolder(named: string): Promise<string> {
  const path = resolve(named);
  try {
    const real = await realpath(path);
    return (await stat(real)).isDirectory() ? real : dirname(real);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : error;
    const reason =
      code === "ENOENT" || code === "ENOTDIR" ? "does not exist" : `cannot be opened: ${String(code)}`;
    throw new CommandFailure(
      "not-found",
      `The workspace ${path} ${reason}. Name its folder with --workspace.`,
    );
  }
}

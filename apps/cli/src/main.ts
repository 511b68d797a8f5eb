import { CommanderError } from "commander";
import { CommandFailure, exitCodes } from "./exit.js";
import { note, printJson, safeText } from "./output.js";
import { createProgram } from "./program.js";
import { userFolders } from "./user-folders.js";

export interface MainOptions {
  /** What `serve` opens when nothing is named. Default: the current folder. */
  readonly defaultTarget?: string;
}

/**
 * Runs the command that `argv` (without Node and script) names and sets the exit code. Resolves when the command is
 * done; a server that `serve` started then runs on and keeps the process alive.
 */
export async function main(argv: readonly string[], options: MainOptions = {}): Promise<void> {
  if (!process.stdout.listeners("error").includes(onStdoutError)) process.stdout.on("error", onStdoutError);
  const program = createProgram({
    folders: userFolders(),
    defaultTarget: options.defaultTarget ?? ".",
  });
  try {
    await program.parseAsync(argv, { from: "user" });
  } catch (error) {
    process.exitCode = report(error, argv.includes("--json"));
  }
}

/** `novywave … | head`: nobody reads on, which is no failure. */
function onStdoutError(error: NodeJS.ErrnoException): void {
  if (error.code === "EPIPE") process.exit();
  throw error;
}

function report(error: unknown, json: boolean): number {
  if (error instanceof CommandFailure) {
    if (json) printJson({ error: { code: error.code, message: error.message } });
    note(`novywave: ${safeText(error.message)}`);
    return error.exitCode;
  }
  // Commander has printed help, version or what is wrong with the arguments.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  note(`novywave has a bug; please report this:\n${safeText(text)}`);
  return exitCodes.failed;
}

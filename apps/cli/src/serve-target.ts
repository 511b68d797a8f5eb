import { constants } from "node:fs";
import { open, readdir, realpath, stat } from "node:fs/promises";
import { resolve } from "node:path";
import { HEAD_BYTES, openWaveform, recogniseFormat } from "@novywave/waveform";
import { CommandFailure } from "./exit.js";

/** What `serve` opens. */
export type ServeTarget =
  | { readonly kind: "folder"; readonly path: string }
  | { readonly kind: "file"; readonly path: string };

/** Looks at what the user named, and says clearly what is wrong with it. The path of the answer is absolute and real. */
export async function serveTarget(named: string): Promise<ServeTarget> {
  // What a script passes when its variable is empty; it would mean the current folder.
  if (named === "")
    throw new CommandFailure("not-found", "An empty path names nothing. Name a folder or a waveform.");
  const path = resolve(named);
  try {
    const real = await realpath(path);
    const stats = await stat(real);
    if (stats.isDirectory()) {
      await readdir(real);
      return { kind: "folder", path: real };
    }
    if (!stats.isFile())
      throw new CommandFailure(
        "not-a-file",
        `${path} is neither a folder nor a regular file. Name a folder or a waveform.`,
      );
    await checkWaveform(path, real);
    return { kind: "file", path: real };
  } catch (error) {
    if (error instanceof CommandFailure) throw error;
    throw explain(path, error);
  }
}

async function checkWaveform(path: string, real: string): Promise<void> {
  const recognised = recogniseFormat(await readHead(real));
  if (recognised.kind === "readable" || recognised.kind === "empty") return;
  // The reader itself knows best why it refuses: which converter to use, say.
  const opened = await openWaveform(real);
  if (opened.ok) opened.value[Symbol.dispose]();
  else throw new CommandFailure(opened.error.code, `${path} cannot be shown. ${opened.error.message}`);
}

async function readHead(path: string): Promise<Uint8Array> {
  // O_NONBLOCK: a FIFO that took the file's place must not hold us up.
  const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const { buffer, bytesRead } = await handle.read(new Uint8Array(HEAD_BYTES), 0, HEAD_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

function explain(path: string, error: unknown): CommandFailure {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  switch (code) {
    case "ENOENT":
    case "ENOTDIR":
      return new CommandFailure(
        "not-found",
        `${path} does not exist. Check the spelling; paths are relative to ${process.cwd()}.`,
      );
    case "EACCES":
    case "EPERM":
      return new CommandFailure(
        "not-readable",
        `${path} may not be read by this user. Check its permissions.`,
      );
    case "ELOOP":
      return new CommandFailure("not-found", `${path} is a symbolic link that leads round in a circle.`);
    default:
      return new CommandFailure("not-readable", `${path} cannot be opened: ${String(code ?? error)}.`);
  }
}

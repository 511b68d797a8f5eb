import { createHash } from "node:crypto";
import fs from "node:fs/promises";
import path from "node:path";
import { urlHost } from "./http/url-host.js";

/** How a running server is reached: what `novywave` commands read to find it. */
export interface RuntimeInfo {
  readonly port: number;
  readonly host: string;
  readonly token: string;
  readonly pid: number;
  /** Absolute path of the folder, or of the file if a single file was opened. */
  readonly target: string;
}

/** The runtime file of a target: one per folder (or single file) and user. */
export function runtimeFilePath(runtimeFolder: string, target: string): string {
  const key = createHash("sha256").update(target).digest("hex").slice(0, 32);
  return path.join(runtimeFolder, `server-${key}.json`);
}

/** Writes the runtime file for this user alone, atomically. */
export async function writeRuntimeFile(runtimeFolder: string, info: RuntimeInfo): Promise<string> {
  await fs.mkdir(runtimeFolder, { recursive: true, mode: 0o700 });
  const file = runtimeFilePath(runtimeFolder, info.target);
  const temporary = `${file}.${process.pid}.tmp`;
  await fs.rm(temporary, { force: true });
  await fs.writeFile(temporary, `${JSON.stringify(info)}\n`, { mode: 0o600, flag: "wx" });
  await fs.rename(temporary, file);
  return file;
}

/** Removes the runtime file if it is still the one of this process. */
export async function removeRuntimeFile(runtimeFolder: string, target: string, pid: number): Promise<void> {
  const file = runtimeFilePath(runtimeFolder, target);
  const info = await readRuntimeFile(file);
  if (info?.pid === pid) await fs.rm(file, { force: true });
}

/**
 * The server that runs for `target` (a folder or a single file, any spelling), if one does: its process lives and
 * answers on its port with its token. What a dead server left behind is removed.
 */
export async function findRunningServer(
  target: string,
  runtimeFolder: string,
): Promise<RuntimeInfo | undefined> {
  let real: string;
  try {
    real = await fs.realpath(target);
  } catch {
    return undefined;
  }
  const file = runtimeFilePath(runtimeFolder, real);
  const info = await readRuntimeFile(file);
  if (!info) return undefined;
  if (processLives(info.pid) && (await answers(info))) return info;
  if (!processLives(info.pid)) await fs.rm(file, { force: true });
  return undefined;
}

async function readRuntimeFile(file: string): Promise<RuntimeInfo | undefined> {
  try {
    const value: unknown = JSON.parse(await fs.readFile(file, "utf8"));
    return isRuntimeInfo(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isRuntimeInfo(value: unknown): value is RuntimeInfo {
  if (typeof value !== "object" || value === null) return false;
  const { port, host, token, pid, target } = value as Record<string, unknown>;
  return (
    Number.isInteger(port) &&
    Number.isInteger(pid) &&
    typeof host === "string" &&
    typeof token === "string" &&
    typeof target === "string"
  );
}

function processLives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives, and belongs to another user.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

async function answers(info: RuntimeInfo): Promise<boolean> {
  try {
    const url = `http://${urlHost(info.host)}:${info.port}/api/state?token=${encodeURIComponent(info.token)}`;
    const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}

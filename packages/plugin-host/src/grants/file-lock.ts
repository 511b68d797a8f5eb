import { createHash, randomUUID } from "node:crypto";
import { mkdir, open, readFile, rm } from "node:fs/promises";
import path from "node:path";
import { performance } from "node:perf_hooks";
import { setTimeout } from "node:timers/promises";
import { errorCode } from "../paths/canonical.js";

export interface LockPatience {
  /** Milliseconds after which a lock that does not change hands counts as left behind; holders need a few. */
  readonly staleMs: number;
  /** Milliseconds to wait for it in all. */
  readonly waitMs: number;
}

const defaultPatience: LockPatience = { staleMs: 5_000, waitMs: 15_000 };
const pollMs = 10;

/**
 * Runs `task` while this process, and no other, holds the lock of `file`: `<file>.lock`, created exclusively, with the
 * holder's token in it. A lock that a killed process left is taken over. `task` can ask whether the lock is still its own.
 * Throws if the lock is not to be had.
 */
export async function withFileLock<T>(
  file: string,
  task: (stillHeld: () => Promise<boolean>) => Promise<T>,
  patience: LockPatience = defaultPatience,
): Promise<T> {
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  const lock = `${file}.lock`;
  const token = randomUUID();
  await take(lock, token, patience);
  const stillHeld = async (): Promise<boolean> => (await holder(lock)) === token;
  try {
    return await task(stillHeld);
  } finally {
    if (await stillHeld()) await rm(lock, { force: true });
  }
}

async function take(lock: string, token: string, { staleMs, waitMs }: LockPatience): Promise<void> {
  const startedAt = performance.now();
  let seen: { readonly token: string; readonly since: number } | undefined;
  while (!(await create(lock, token))) {
    const now = performance.now();
    const current = await holder(lock);
    if (current === undefined || current !== seen?.token) {
      seen = current === undefined ? undefined : { token: current, since: now };
    } else if (now - seen.since > staleMs) {
      await breakLock(lock, seen.token);
      seen = undefined;
    }
    if (now - startedAt > waitMs) {
      throw new Error(`${lock} is held by another program; delete it if there is none`);
    }
    await setTimeout(pollMs * (0.5 + Math.random()));
  }
}

async function create(lock: string, token: string): Promise<boolean> {
  try {
    const handle = await open(lock, "wx", 0o600);
    try {
      await handle.writeFile(token);
    } finally {
      await handle.close();
    }
    return true;
  } catch (error) {
    if (errorCode(error) === "EEXIST") return false;
    throw error;
  }
}

/** The token in the lock; empty while it is being written; undefined if there is no lock. */
async function holder(lock: string): Promise<string | undefined> {
  try {
    return await readFile(lock, "utf8");
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw error;
  }
}

/**
 * Takes a stale lock away. The right to do so is a file of its own, by the stale token: whoever has it looks again, so that
 * nobody takes away the new lock of another who was faster.
 */
async function breakLock(lock: string, stale: string): Promise<void> {
  const right = `${lock}.${createHash("sha256").update(stale).digest("hex").slice(0, 32)}`;
  if (!(await create(right, ""))) return;
  try {
    if ((await holder(lock)) === stale) await rm(lock, { force: true });
  } finally {
    await rm(right, { force: true });
  }
}

import { randomBytes } from "node:crypto";
import { err, ok, type Clock, type Result } from "@novywave/base";
import type { ConfigError } from "../schema/error.js";
import { errorCode, ioError, type ConfigFs, type ProcessInfo } from "./host.js";

/** A writer holds the lock for milliseconds; after this long without a change its holder is taken for dead. */
const STALE_MS = 5_000;
const POLL_MS = 20;
/** How long a writer waits, through other writers that come and go. */
export const MAX_WAIT_MS = 20_000;

/** The right to replace a file, among the programs that ask for it. */
export interface FileLock {
  /** Whether it is still held: a process that was stopped for seconds may have lost it. */
  isHeld(): Promise<boolean>;
  release(): Promise<void>;
}

/**
 * Takes the lock of `target`: a symbolic link beside it, whose text names the holder. Making a link either works or
 * fails, and it is never seen half-made; the link of a dead process is taken over. Where the file system knows no links
 * there is no lock, and the check of the file's content right before it is replaced must do.
 */
export async function acquireLock(
  fs: ConfigFs,
  clock: Clock,
  self: ProcessInfo,
  target: string,
  maxWaitMs = MAX_WAIT_MS,
): Promise<Result<FileLock, ConfigError>> {
  const path = `${target}.lock`;
  const token = `${self.host}:${self.pid}:${randomBytes(6).toString("hex")}`;
  const start = clock.monotonic();
  let holder: string | undefined;
  let since = start;
  for (;;) {
    try {
      await fs.symlink(token, path);
      return ok(heldLock(fs, path, token));
    } catch (error) {
      const code = errorCode(error);
      if (code === "EPERM" || code === "ENOSYS" || code === "ENOTSUP" || code === "EOPNOTSUPP")
        return ok(NO_LOCK);
      if (code !== "EEXIST") return err(ioError("write the configuration", error));
    }
    const found = await readHolder(fs, path);
    const now = clock.monotonic();
    if (found === undefined) continue;
    if (found !== holder) {
      holder = found;
      since = now;
    }
    if (found !== NOT_A_LINK && (isDead(found, self) || now - since >= STALE_MS)) {
      await takeAway(fs, path, found);
      continue;
    }
    if (found === NOT_A_LINK || now - start >= maxWaitMs) return err(locked(path, found));
    await new Promise<void>((resolve) => clock.schedule(POLL_MS, resolve));
  }
}

/** Something else has the name of the lock; no link can have this text. */
const NOT_A_LINK = "\0";

const NO_LOCK: FileLock = {
  isHeld: () => Promise.resolve(true),
  release: () => Promise.resolve(),
};

function heldLock(fs: ConfigFs, path: string, token: string): FileLock {
  return {
    isHeld: async () => (await readHolder(fs, path)) === token,
    async release() {
      if ((await readHolder(fs, path)) === token) await removeQuietly(fs, path);
    },
  };
}

async function readHolder(fs: ConfigFs, path: string): Promise<string | undefined> {
  try {
    return await fs.readlink(path);
  } catch (error) {
    const code = errorCode(error);
    if (code === "ENOENT") return undefined;
    if (code === "EINVAL") return NOT_A_LINK;
    throw error;
  }
}

function isDead(holder: string, self: ProcessInfo): boolean {
  const [host, pid] = holder.split(":");
  return host === self.host && /^\d{1,10}$/.test(pid ?? "") && !self.isAlive(Number(pid));
}

/** Removes the lock of a dead holder, unless somebody else did and holds it now. */
async function takeAway(fs: ConfigFs, path: string, holder: string): Promise<void> {
  const aside = `${path}.${randomBytes(6).toString("hex")}`;
  try {
    await fs.rename(path, aside);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return;
    throw error;
  }
  const moved = await readHolder(fs, aside);
  if (moved !== undefined && moved !== holder) {
    // It was a living lock: back with it, unless there is a new one. Its holder checks before it writes.
    try {
      await fs.symlink(moved, path);
    } catch (error) {
      if (errorCode(error) !== "EEXIST") throw error;
    }
  }
  await removeQuietly(fs, aside);
}

async function removeQuietly(fs: ConfigFs, path: string): Promise<void> {
  try {
    await fs.unlink(path);
  } catch (error) {
    if (errorCode(error) !== "ENOENT") throw error;
  }
}

function locked(path: string, holder: string): ConfigError {
  const by = holder === NOT_A_LINK ? "" : ` (held by ${holder})`;
  return {
    code: "locked",
    message: `another program is writing the configuration${by}; if there is none, remove ${path}`,
  };
}

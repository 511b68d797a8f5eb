import { constants } from "node:fs";
import { mkdir, open, rename, stat } from "node:fs/promises";
import path from "node:path";
import type { GrantRecord } from "../host/types.js";
import { errorCode } from "../paths/canonical.js";

const fileName = "audit.log";
const maxBytes = 8 * 1024 * 1024;
const flags =
  constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/**
 * The audit of a user: every grant and every refusal, one JSON object a line, in `audit.log` (mode 0600). At 8 MiB the
 * file becomes `audit.log.1`, which replaces the one before.
 */
export class AuditLog {
  readonly file: string;
  readonly #onError: (message: string) => void;
  #pending: string[] = [];
  #writing: Promise<void> | undefined;

  constructor(folder: string, onError: (message: string) => void) {
    this.file = path.join(folder, fileName);
    this.#onError = onError;
  }

  /** Queues a record; records are written in order and together. */
  append(record: GrantRecord): void {
    const line = { ...record, time: new Date(record.time).toISOString() };
    this.#pending.push(`${JSON.stringify(line)}\n`);
    this.#writing ??= this.#write();
  }

  /** Resolves when everything queued so far is written. */
  async flush(): Promise<void> {
    while (this.#writing) await this.#writing;
  }

  async #write(): Promise<void> {
    try {
      await mkdir(path.dirname(this.file), { recursive: true, mode: 0o700 });
      while (this.#pending.length > 0) {
        const text = this.#pending.join("");
        this.#pending = [];
        await this.#rotate();
        const handle = await open(this.file, flags, 0o600);
        try {
          if ((await handle.stat()).isFile()) await handle.writeFile(text);
          else this.#onError(`${this.file} is no regular file: the audit is not written`);
        } finally {
          await handle.close();
        }
      }
    } catch (error) {
      this.#pending = [];
      this.#onError(`the audit is not written: ${error instanceof Error ? error.message : String(error)}`);
    } finally {
      this.#writing = undefined;
    }
  }

  async #rotate(): Promise<void> {
    try {
      if ((await stat(this.file)).size >= maxBytes) await rename(this.file, `${this.file}.1`);
    } catch (error) {
      if (errorCode(error) !== "ENOENT") throw error;
    }
  }
}

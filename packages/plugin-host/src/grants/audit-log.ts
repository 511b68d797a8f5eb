import { constants } from "node:fs";
import { mkdir, open, rename, stat } from "node:fs/promises";
import path from "node:path";
import type { Capability } from "../capability.js";
import type { GrantRecord } from "../host/types.js";
import type { PluginLimits } from "../limits.js";
import { errorCode } from "../paths/canonical.js";
import { withFileLock } from "./file-lock.js";
import { readPrivateFile } from "./private-file.js";

const fileName = "audit.log";
const maxBytes = 8 * 1024 * 1024;
/** Of a file that one large batch made larger than {@link maxBytes}. */
const maxRead = 8 * maxBytes;
/** Characters of decisions that are carried on when the oldest file goes. */
const maxCarried = 1024 * 1024;
/** Characters of records that wait to be written. */
const maxPending = 4 * 1024 * 1024;
const newline = 10;
/** Of an {@link ApprovalRecord}, as it is written: a text of a plugin begins no line. */
const decisionLine = /^\{"decision":"(?:approved|revoked|request-denied)".*\n/gm;
const flags =
  constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** How it was decided: in the page, by a command, or by building the artifact oneself. */
export type ApprovedBy = "panel" | "command" | "build";

/** This user approved an artifact with what it asks for, took that back, or said no when he was asked. */
export interface ApprovalRecord {
  readonly decision: "approved" | "revoked" | "request-denied";
  /** Milliseconds since the Unix epoch. */
  readonly time: number;
  readonly by: ApprovedBy;
  readonly pluginId: string;
  readonly sha256: string;
  readonly capabilities: readonly Capability[];
  readonly folders: readonly string[];
  readonly limits: Partial<PluginLimits>;
}

/** A line of the audit. */
export type AuditRecord = GrantRecord | ApprovalRecord;

interface Pending {
  readonly text: string;
  /** The user's own decision: the last to be given up. */
  readonly decision: boolean;
  /** Told once whether it was written; if it was not, it is not tried again. */
  readonly settle?: (problem?: string) => void;
}

/**
 * The audit of a user: every approval, its withdrawal and every denial, every grant and every refusal, one JSON object a line, in
 * `audit.log` (mode 0600). At 8 MiB the file becomes `audit.log.1`, which replaces the one before; of that the decisions of the
 * user are carried on, so that no plugin makes them go by being refused again and again. Several programs may write it.
 * What cannot be written is kept for the next attempt, up to 4 Mi characters; how many records were given up is told.
 */
export class AuditLog {
  readonly file: string;
  readonly #onError: (message: string) => void;
  #pending: Pending[] = [];
  /** Characters of what is pending. */
  #size = 0;
  #givenUp = 0;
  /** The last line in the file may be part of one. */
  #torn = false;
  #writing: Promise<void> | undefined;

  constructor(folder: string, onError: (message: string) => void) {
    this.file = path.join(folder, fileName);
    this.#onError = onError;
  }

  /** Queues a record; records are written in order and together. */
  append(record: AuditRecord): void {
    this.#add(record);
  }

  /** Writes a record now or never: answers why it could not, and does not try again. */
  write(record: AuditRecord): Promise<string | undefined> {
    return new Promise((resolve) => this.#add(record, resolve));
  }

  /** Resolves when everything queued so far is written, or could not be written once more. */
  async flush(): Promise<void> {
    if (this.#pending.length > 0) this.#writing ??= this.#write();
    while (this.#writing) await this.#writing;
  }

  #add(record: AuditRecord, settle?: (problem?: string) => void): void {
    const pending = { text: lineOf(record), decision: isDecision(record), ...(settle && { settle }) };
    this.#pending.push(pending);
    this.#size += pending.text.length;
    this.#bound();
    this.#writing ??= this.#write();
  }

  /** Changes what is pending; answers with what it was. */
  #replace(change: (pending: readonly Pending[]) => Pending[]): readonly Pending[] {
    const before = this.#pending;
    this.#pending = change(before);
    this.#size = this.#pending.reduce((sum, { text }) => sum + text.length, 0);
    this.#bound();
    return before;
  }

  /** What plugins did goes before what the user decided. */
  #bound(): void {
    if (this.#size > maxPending) this.#giveUp(({ decision }) => !decision);
    if (this.#size > maxPending) this.#giveUp(() => true);
  }

  /** The oldest go first. Half of the bound is left, so that not each record that follows looks at all of them. */
  #giveUp(mayGo: (record: Pending) => boolean): void {
    this.#pending = this.#pending.filter((record) => {
      // Somebody waits for what is to be settled; there are few of it.
      if (this.#size <= maxPending / 2 || record.settle || !mayGo(record)) return true;
      this.#size -= record.text.length;
      this.#givenUp++;
      return false;
    });
  }

  async #write(): Promise<void> {
    try {
      await mkdir(path.dirname(this.file), { recursive: true, mode: 0o700 });
      while (this.#pending.length > 0) {
        await this.#rotate();
        await this.#writePending();
      }
    } catch (error) {
      const problem = `the audit is not written: ${error instanceof Error ? error.message : String(error)}`;
      for (const { settle } of this.#replace((pending) => pending.filter((record) => !record.settle)))
        settle?.(problem);
      this.#onError(problem);
    } finally {
      this.#writing = undefined;
    }
    if (this.#givenUp > 0) this.#onError(`${this.#givenUp} records that wait for the audit were given up`);
    this.#givenUp = 0;
  }

  /** Writes what is pending now. What does not reach the file is pending again. */
  async #writePending(): Promise<void> {
    const batch = this.#replace(() => []);
    const start = this.#torn ? "\n" : "";
    const bytes = Buffer.from(start + batch.map(({ text }) => text).join(""));
    const progress = { bytes: 0 };
    try {
      await this.#appendBytes(bytes, progress);
    } finally {
      if (progress.bytes > 0) this.#torn = bytes[progress.bytes - 1] !== newline;
      let end = start.length;
      const left = batch.filter(({ text, settle }) => {
        end += Buffer.byteLength(text);
        if (end > progress.bytes) return true;
        settle?.();
        return false;
      });
      if (left.length > 0) this.#replace((pending) => [...left, ...pending]);
    }
  }

  async #appendBytes(bytes: Uint8Array, progress: { bytes: number }): Promise<void> {
    const handle = await open(this.file, flags, 0o600);
    try {
      if (!(await handle.stat()).isFile()) throw new Error(`${this.file} is no regular file`);
      while (progress.bytes < bytes.length) {
        const { bytesWritten } = await handle.write(bytes, progress.bytes);
        progress.bytes += bytesWritten;
      }
    } finally {
      await handle.close();
    }
  }

  /** Begins anew if the file is full; what goes with the oldest file and is to be kept, is pending first. */
  async #rotate(): Promise<void> {
    if (!(await this.#isFull())) return;
    const oldest = `${this.file}.1`;
    // Whoever comes second must not move the new file over the one that was full.
    await withFileLock(this.file, async () => {
      if (!(await this.#isFull())) return;
      const carried = await decisionsIn(oldest);
      await rename(this.file, oldest);
      this.#torn = false;
      this.#replace((pending) => [...carried.map((text) => ({ text, decision: true })), ...pending]);
    });
  }

  async #isFull(): Promise<boolean> {
    try {
      return (await stat(this.file)).size >= maxBytes;
    } catch (error) {
      if (errorCode(error) === "ENOENT") return false;
      throw error;
    }
  }
}

/** The lines of a file that say what this user decided, the last ones; none if it cannot be read. */
async function decisionsIn(file: string): Promise<readonly string[]> {
  let bytes: Uint8Array | undefined;
  try {
    bytes = await readPrivateFile(file, maxRead);
  } catch {
    return [];
  }
  const lines = new TextDecoder().decode(bytes).match(decisionLine) ?? [];
  let first = lines.length;
  for (let size = 0; first > 0; first--) {
    size += lines[first - 1]?.length ?? 0;
    if (size > maxCarried) break;
  }
  return lines.slice(first);
}

function isDecision(record: AuditRecord): boolean {
  return "by" in record;
}

/** A record as it is written. */
function lineOf(record: AuditRecord): string {
  return `${escaped(JSON.stringify({ ...record, time: new Date(record.time).toISOString() }))}\n`;
}

/** What JSON leaves as it is, and a terminal or an editor obeys: C1 controls, line separators, writing direction. */
function escaped(json: string): string {
  return json.replace(
    /[\u007f-\u009f\u2028\u2029\p{Bidi_Control}]/gu,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

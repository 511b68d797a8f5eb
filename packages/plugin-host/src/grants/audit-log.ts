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

/**
 * The audit of a user: every approval, its withdrawal and every denial, every grant and every refusal, one JSON object a line, in
 * `audit.log` (mode 0600). At 8 MiB the file becomes `audit.log.1`, which replaces the one before; of that the decisions of the
 * user are carried on, so that no plugin makes them go by being refused again and again. Several programs may write it.
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
  append(record: AuditRecord): void {
    const line = { ...record, time: new Date(record.time).toISOString() };
    this.#pending.push(`${escaped(JSON.stringify(line))}\n`);
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
        const carried = await this.#rotate();
        const text = carried + this.#pending.join("");
        this.#pending = [];
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

  /** Begins anew if the file is full. Answers with what goes with the oldest file and is to be kept. */
  async #rotate(): Promise<string> {
    let carried = "";
    if (!(await this.#isFull())) return carried;
    const oldest = `${this.file}.1`;
    // Whoever comes second must not move the new file over the one that was full.
    await withFileLock(this.file, async () => {
      if (!(await this.#isFull())) return;
      carried = await decisionsIn(oldest);
      await rename(this.file, oldest);
    });
    return carried;
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

/** The lines of a file that say what this user decided, the last ones; empty if it cannot be read. */
async function decisionsIn(file: string): Promise<string> {
  let bytes: Uint8Array | undefined;
  try {
    bytes = await readPrivateFile(file, maxRead);
  } catch {
    return "";
  }
  const lines = new TextDecoder().decode(bytes).match(decisionLine) ?? [];
  let carried = "";
  for (const line of lines.toReversed()) {
    if (carried.length + line.length > maxCarried) break;
    carried = line + carried;
  }
  return carried;
}

/** What JSON leaves as it is, and a terminal or an editor obeys: C1 controls, line separators, writing direction. */
function escaped(json: string): string {
  return json.replace(
    /[\u007f-\u009f\u2028\u2029\p{Bidi_Control}]/gu,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

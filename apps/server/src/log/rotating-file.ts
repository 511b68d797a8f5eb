import fs from "node:fs";
import path from "node:path";
import type { Disposable } from "@novywave/base";

/** Old files kept, besides the current one. */
const keptFiles = 3;

/** Where the old files of a log lie, the youngest first. */
export function oldLogs(file: string, keep: number = keptFiles): readonly string[] {
  return Array.from({ length: keep }, (_, index) => `${file}.${index + 1}`);
}

export interface RotatingFileOptions {
  /** Bytes after which the file is renamed to `<file>.1`. Default 4 MiB. */
  readonly maxBytes?: number;
  /** Old files kept, besides the current one. Default 3. */
  readonly keep?: number;
}

/**
 * A log file that starts anew when it has grown: `file`, `file.1` (younger) to `file.3` (older). Only this user may
 * read it (mode 0600). Writes are synchronous, so that the last record before a crash is there.
 */
export class RotatingFile implements Disposable {
  readonly file: string;
  readonly #maxBytes: number;
  readonly #keep: number;
  #fd: number | undefined;
  #size = 0;
  #closed = false;

  /** Throws if the file cannot be opened for appending or is no regular file. */
  constructor(file: string, options: RotatingFileOptions = {}) {
    this.file = file;
    this.#maxBytes = options.maxBytes ?? 4 * 1024 * 1024;
    this.#keep = options.keep ?? keptFiles;
    fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
    this.#open();
  }

  /** Appends one line. After closing, or when the disk fails, the line is lost: a log must not stop the program. */
  write(line: string): void {
    if (this.#closed) return;
    const bytes = Buffer.from(escapeControls(line), "utf8");
    try {
      // Lost when it was rotated: the disk was full, or the folder was gone.
      if (this.#fd === undefined) this.#open();
      if (this.#size > 0 && this.#size + bytes.length > this.#maxBytes) this.#rotate();
      if (this.#fd === undefined) return;
      fs.writeSync(this.#fd, bytes);
      this.#size += bytes.length;
    } catch {
      // Nowhere to report it: this is the log.
    }
  }

  [Symbol.dispose](): void {
    this.#closed = true;
    this.#close();
  }

  #close(): void {
    const fd = this.#fd;
    if (fd === undefined) return;
    this.#fd = undefined;
    fs.closeSync(fd);
  }

  #open(): void {
    const { O_APPEND, O_CREAT, O_WRONLY, O_NOFOLLOW, O_NONBLOCK } = fs.constants;
    const fd = fs.openSync(this.file, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0o600);
    const stat = fs.fstatSync(fd);
    if (!stat.isFile()) {
      fs.closeSync(fd);
      throw new Error(`the log ${this.file} is not a regular file`);
    }
    this.#fd = fd;
    this.#size = stat.size;
  }

  #rotate(): void {
    this.#close();
    const files = [this.file, ...oldLogs(this.file, this.#keep)];
    for (const [index, to] of [...files.entries()].toReversed()) {
      const from = files[index - 1];
      if (from !== undefined && fs.existsSync(from)) fs.renameSync(from, to);
    }
    this.#open();
  }
}

/** JSON escapes the controls below U+0020; terminals obey some above as well, and line separators break lines. */
function escapeControls(line: string): string {
  return line.replaceAll(
    /[\u007f-\u009f\u2028\u2029]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

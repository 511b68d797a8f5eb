import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readSync,
  realpathSync,
  type BigIntStats,
} from "node:fs";
import { crc32 } from "node:zlib";
import { ReadFailure } from "../failure.js";
import type { WaveformErrorCode } from "../model.js";
import type { ByteSource } from "./byte-source.js";
import type { RandomSource } from "./random-source.js";

const CHECK_CHUNK = 1 << 20;
/** Of the blocks at both ends of a file that tell it from another. */
const MARK_BYTES = 64 << 10;

/** A range of bytes that was read, with their checksum. */
export interface ReadPart {
  readonly from: number;
  readonly to: number;
  readonly checksum: number;
}

interface Mark {
  readonly first: number;
  readonly last: number;
}

export interface FileSourceOptions {
  /** Larger files are refused with "too-large". */
  readonly maxBytes?: number | undefined;
  /**
   * The path is absolute and free of links, and what is opened must be what lies there: a link that took the place of
   * the file or of a folder since somebody looked is refused.
   */
  readonly noLinks?: boolean | undefined;
}

/**
 * A regular file, opened without blocking, as a source of the bytes that it has at this moment. Devices, pipes and
 * folders are refused before anything is read from them. While it is read the file may grow; {@link FileSource.verify}
 * throws "changed" if what was read is not what the file held.
 */
export class FileSource implements ByteSource, RandomSource {
  readonly size: number;
  readonly #path: string;
  readonly #descriptor: number;
  readonly #opened: BigIntStats;
  readonly #remembered: ReadPart[] = [];
  #at = 0;
  #checksum = 0;
  #isOpen = true;
  #mark: Mark | undefined;

  constructor(path: string, options: FileSourceOptions = {}) {
    const { maxBytes = Number.MAX_SAFE_INTEGER, noLinks = false } = options;
    this.#path = path;
    try {
      this.#descriptor = openSync(
        path,
        constants.O_RDONLY | constants.O_NONBLOCK | (constants.O_NOCTTY ?? 0),
      );
    } catch (error) {
      throw openFailure(error);
    }
    try {
      this.#opened = fstatSync(this.#descriptor, { bigint: true });
      if (!this.#opened.isFile()) throw notAFile(this.#opened);
      if (noLinks) checkIsThere(path, this.#opened);
      this.size = Number(this.#opened.size);
      if (this.size > maxBytes) {
        throw new ReadFailure("too-large", `The file has ${this.size} bytes; at most ${maxBytes} are read`);
      }
    } catch (error) {
      closeSync(this.#descriptor);
      throw error;
    }
  }

  /** For reading elsewhere in this process; what was read there is to be told to {@link FileSource.remember}. */
  get descriptor(): number {
    return this.#descriptor;
  }

  /** A part was read by others: {@link FileSource.verify} looks at it too. */
  remember(part: ReadPart): void {
    this.#remembered.push(part);
  }

  /** Keeps what tells this file from another: to be called before it is closed, if {@link FileSource.grewInto} is. */
  mark(): void {
    const block = Math.min(MARK_BYTES, this.size);
    const checksum = (from: number): number => this.#checksumOf(from, from + block) ?? 0;
    this.#mark = { first: checksum(0), last: checksum(this.size - block) };
  }

  /**
   * Whether `later` is this file, with more bytes: the same inode, and its old first and last blocks have the bytes that
   * they had.
   */
  grewInto(later: FileSource): boolean {
    const mark = this.#mark;
    if (mark === undefined || later.size < this.size || !this.#isInode(later)) return false;
    const block = Math.min(MARK_BYTES, this.size);
    return (
      later.#checksumOf(0, block) === mark.first &&
      later.#checksumOf(this.size - block, this.size) === mark.last
    );
  }

  /** Whether `later` is this file and nobody has written to it. */
  isSameAs(later: FileSource): boolean {
    const [a, b] = [this.#opened, later.#opened];
    return this.#isInode(later) && a.size === b.size && a.mtimeNs === b.mtimeNs && a.ctimeNs === b.ctimeNs;
  }

  /** The first bytes, without moving on. */
  head(length: number): Uint8Array {
    const head = new Uint8Array(Math.min(length, this.size));
    return head.subarray(0, this.#readAt(head, 0, head.length, 0));
  }

  bytesAt(position: number, length: number): Uint8Array {
    const bytes = new Uint8Array(Math.max(0, Math.min(length, this.size - position)));
    let filled = 0;
    while (filled < bytes.length) {
      const count = this.#readAt(bytes, filled, bytes.length - filled, position + filled);
      if (count === 0) throw this.#changed("became shorter");
      filled += count;
    }
    return bytes;
  }

  get touched(): boolean {
    const now = fstatSync(this.#descriptor, { bigint: true });
    return (
      now.size !== this.#opened.size ||
      now.mtimeNs !== this.#opened.mtimeNs ||
      now.ctimeNs !== this.#opened.ctimeNs
    );
  }

  read(target: Uint8Array, offset: number, length: number): number {
    const wanted = Math.min(length, this.size - this.#at);
    if (wanted <= 0) return 0;
    const count = this.#readAt(target, offset, wanted, this.#at);
    if (count === 0) throw this.#changed("became shorter");
    this.#checksum = crc32(target.subarray(offset, offset + count), this.#checksum);
    this.#at += count;
    return count;
  }

  /** Throws "changed" unless the bytes read are still, all of them, what the file starts with. */
  verify(): void {
    if (!this.touched) return;
    const size = Number(fstatSync(this.#descriptor, { bigint: true }).size);
    for (const { from, to, checksum } of [
      { from: 0, to: this.#at, checksum: this.#checksum },
      ...this.#remembered,
    ]) {
      if (size < to) throw this.#changed("became shorter");
      const found = this.#checksumOf(from, to);
      if (found === undefined) throw this.#changed("became shorter");
      if (found !== checksum) throw this.#changed("was written again");
    }
  }

  #isInode(later: FileSource): boolean {
    return later.#opened.dev === this.#opened.dev && later.#opened.ino === this.#opened.ino;
  }

  #checksumOf(from: number, to: number): number | undefined {
    const buffer = new Uint8Array(Math.min(CHECK_CHUNK, to - from));
    let checksum = 0;
    for (let at = from; at < to;) {
      const count = this.#readAt(buffer, 0, Math.min(buffer.length, to - at), at);
      if (count === 0) return undefined;
      checksum = crc32(buffer.subarray(0, count), checksum);
      at += count;
    }
    return checksum;
  }

  lineOf(byte: number): number | undefined {
    const buffer = new Uint8Array(CHECK_CHUNK);
    let line = 1;
    for (let at = 0; at < byte;) {
      const count = this.#readAt(buffer, 0, Math.min(buffer.length, byte - at), at);
      if (count === 0) return undefined;
      for (let i = 0; i < count; i++) if (buffer[i] === 10) line++;
      at += count;
    }
    return line;
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    closeSync(this.#descriptor);
  }

  #readAt(target: Uint8Array, offset: number, length: number, position: number): number {
    try {
      return length === 0 ? 0 : readSync(this.#descriptor, target, offset, length, position);
    } catch (error) {
      throw new ReadFailure("not-readable", `Reading ${this.#path} failed: ${errorCode(error)}`);
    }
  }

  #changed(how: string): ReadFailure {
    return new ReadFailure(
      "changed",
      `The file ${how} while it was read. Open it again when its writer is done.`,
    );
  }
}

function openFailure(error: unknown): ReadFailure {
  const code = errorCode(error);
  const answers: Readonly<Record<string, readonly [WaveformErrorCode, string]>> = {
    ENOENT: ["not-found", "There is no such file"],
    ENOTDIR: ["not-found", "There is no such file: a part of its path is no folder"],
    EACCES: ["not-readable", "You may not read this file (permission denied)"],
    EPERM: ["not-readable", "You may not read this file (operation not permitted)"],
    ENXIO: ["not-a-file", "This is a socket or a device, not a file"],
    EISDIR: ["not-a-file", "This is a folder, not a file"],
    ELOOP: ["not-found", "This is a symbolic link that leads in a circle"],
    ENAMETOOLONG: ["not-found", "There is no such file: its name is too long"],
  };
  const [answer, message] = answers[code] ?? ["not-readable", `The file cannot be opened: ${code}`];
  return new ReadFailure(answer, message);
}

function notAFile(stats: BigIntStats): ReadFailure {
  const what = stats.isDirectory()
    ? "a folder"
    : stats.isFIFO()
      ? "a named pipe"
      : stats.isSocket()
        ? "a socket"
        : "a device";
  return new ReadFailure("not-a-file", `This is ${what}, not a file`);
}

/** The system's code of an error, `ENOENT`; its text if it has none. */
export function errorCode(error: unknown): string {
  if (error instanceof Error)
    return "code" in error && typeof error.code === "string" ? error.code : error.message;
  return String(error);
}

/** Throws unless the file that was opened is, now, the one at this path, with no link on the way. */
function checkIsThere(path: string, opened: BigIntStats): void {
  const link = new ReadFailure(
    "not-readable",
    "A symbolic link has taken its place, or that of a folder above it",
  );
  try {
    const there = lstatSync(path, { bigint: true });
    if (there.isSymbolicLink() || realpathSync(path) !== path) throw link;
    if (there.dev === opened.dev && there.ino === opened.ino) return;
  } catch (error) {
    throw error === link ? link : openFailure(error);
  }
  throw new ReadFailure("changed", "Another file took its place while it was opened");
}

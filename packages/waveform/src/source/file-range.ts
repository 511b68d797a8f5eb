import { readSync } from "node:fs";
import { crc32 } from "node:zlib";
import { ReadFailure } from "../failure.js";
import type { ByteSource } from "./byte-source.js";
import { errorCode } from "./file-source.js";

/** A part of an open file, read in order; knows the checksum of what was read. */
export class FileRange implements ByteSource {
  /** Offset in the file behind the last byte. */
  readonly size: number;
  readonly from: number;
  checksum = 0;
  readonly #descriptor: number;
  #at: number;

  constructor(descriptor: number, from: number, to: number) {
    this.#descriptor = descriptor;
    this.from = from;
    this.#at = from;
    this.size = to;
  }

  /** Offset behind the last byte that was read. */
  get to(): number {
    return this.#at;
  }

  read(target: Uint8Array, offset: number, length: number): number {
    const wanted = Math.min(length, this.size - this.#at);
    if (wanted <= 0) return 0;
    const count = readAt(this.#descriptor, target, offset, wanted, this.#at);
    if (count === 0)
      throw new ReadFailure("changed", "The file became shorter while it was read. Open it again.");
    this.checksum = crc32(target.subarray(offset, offset + count), this.checksum);
    this.#at += count;
    return count;
  }

  lineOf(byte: number): number | undefined {
    const buffer = new Uint8Array(1 << 20);
    let line = 1;
    for (let at = 0; at < byte;) {
      const count = readAt(this.#descriptor, buffer, 0, Math.min(buffer.length, byte - at), at);
      if (count === 0) return undefined;
      for (let i = 0; i < count; i++) if (buffer[i] === 10) line++;
      at += count;
    }
    return line;
  }
}

/** Reads bytes of an open file; what the system refuses is a `ReadFailure`. */
export function readAt(
  descriptor: number,
  target: Uint8Array,
  offset: number,
  length: number,
  position: number,
): number {
  try {
    return length === 0 ? 0 : readSync(descriptor, target, offset, length, position);
  } catch (error) {
    throw new ReadFailure("not-readable", `Reading the file failed: ${errorCode(error)}`);
  }
}

import { closeSync, constants, mkdtempSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ReadFailure } from "../failure.js";
import { errorCode } from "./file-source.js";
import type { GunzipSource } from "./gunzip-source.js";
import type { RandomSource } from "./random-source.js";

/** So much is unpacked into memory; more goes to a temporary file. */
const IN_MEMORY = 64 << 20;
/** Data that was packed well already does not grow more than this when it is packed again; what does is an attack. */
const MAX_RATIO = 100;
const CHUNK = 1 << 20;

/** Unpacked bytes that can be read anywhere. */
export interface UnpackedFile extends RandomSource {
  /** The file, or all of its bytes. */
  readonly content: number | Uint8Array;
  close(): void;
}

/**
 * Unpacks all of a source, so that it can be read anywhere: into memory, or, if it is large, into a temporary file of
 * this user in the system's folder for them, which has no name any more once it is open. `packed` is the size of the
 * packed data, which bounds that of the unpacked; so much as `inMemory` is always allowed.
 */
export function unpackToFile(
  source: GunzipSource,
  packed: number,
  onProgress: () => void,
  inMemory = IN_MEMORY,
): UnpackedFile {
  const limit = inMemory + packed * MAX_RATIO;
  let memory = new Uint8Array(CHUNK);
  let filled = 0;
  let file: TemporaryFile | undefined;
  try {
    for (;;) {
      if (filled === memory.length) {
        if (file === undefined && memory.length < inMemory) {
          const larger = new Uint8Array(memory.length * 2);
          larger.set(memory);
          memory = larger;
        } else {
          file ??= new TemporaryFile();
          file.append(memory.subarray(0, filled));
          if (memory.length !== CHUNK) memory = new Uint8Array(CHUNK);
          filled = 0;
          onProgress();
        }
      }
      const count = source.read(memory, filled, memory.length - filled);
      if (count === 0) break;
      filled += count;
      if (source.given > limit) {
        throw new ReadFailure(
          "too-large",
          `The file unpacks to more than ${MAX_RATIO} times its size. Unpack it yourself if that is right: gunzip FILE`,
        );
      }
    }
    if (file === undefined) return bytesInMemory(memory.slice(0, filled));
    file.append(memory.subarray(0, filled));
    return file;
  } catch (error) {
    file?.close();
    throw error;
  }
}

function bytesInMemory(bytes: Uint8Array): UnpackedFile {
  return {
    size: bytes.length,
    content: bytes,
    touched: false,
    bytesAt: (position, length) => bytes.subarray(position, position + length),
    close: () => undefined,
  };
}

/** A file without a name: it is gone when it is closed, also if this program ends in another way. */
class TemporaryFile implements UnpackedFile {
  readonly touched = false;
  readonly #descriptor: number;
  #size = 0;

  constructor() {
    try {
      const folder = mkdtempSync(join(tmpdir(), "novywave-"));
      try {
        const { O_RDWR, O_CREAT, O_EXCL } = constants;
        this.#descriptor = openSync(join(folder, "unpacked"), O_RDWR | O_CREAT | O_EXCL, 0o600);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    } catch (error) {
      throw noRoom(error);
    }
  }

  get content(): number {
    return this.#descriptor;
  }

  get size(): number {
    return this.#size;
  }

  append(bytes: Uint8Array): void {
    try {
      for (let at = 0; at < bytes.length;)
        at += writeSync(this.#descriptor, bytes, at, bytes.length - at, this.#size + at);
    } catch (error) {
      throw noRoom(error);
    }
    this.#size += bytes.length;
  }

  bytesAt(position: number, length: number): Uint8Array {
    const bytes = new Uint8Array(Math.max(0, Math.min(length, this.#size - position)));
    let filled = 0;
    while (filled < bytes.length) {
      const count = readSync(this.#descriptor, bytes, filled, bytes.length - filled, position + filled);
      if (count === 0) break;
      filled += count;
    }
    return bytes.subarray(0, filled);
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}

function noRoom(error: unknown): ReadFailure {
  return new ReadFailure(
    "not-readable",
    `The file cannot be unpacked into the folder for temporary files (${tmpdir()}): ${errorCode(error)}. ` +
      "Make room there, or name another folder in TMPDIR.",
  );
}

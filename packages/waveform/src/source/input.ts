import { ReadFailure } from "../failure.js";
import type { ByteSource } from "./byte-source.js";
import type { FileSource } from "./file-source.js";
import { GunzipSource } from "./gunzip-source.js";
import type { RandomSource } from "./random-source.js";
import { unpackToFile, type UnpackedFile } from "./unpacked-file.js";

/** The bytes of a source from its start on. */
function inOrder(source: RandomSource): ByteSource {
  let at = 0;
  return {
    size: source.size,
    read(target, offset, length) {
      const bytes = source.bytesAt(at, length);
      target.set(bytes, offset);
      at += bytes.length;
      return bytes.length;
    },
    lineOf: () => undefined,
  };
}

/** The bytes of a waveform file for a reader, in order or anywhere; if the file is gzip data, those in it. */
export class Input {
  readonly file: FileSource;
  readonly gzipped: boolean;
  /** Told how many bytes of the file were read, in all. */
  readonly #onProgress: (bytesRead: number) => void;
  readonly #unpacked: UnpackedFile[] = [];
  #stream: GunzipSource | undefined;
  /** Gzip data ended too early. */
  cut = false;
  #closed = false;

  constructor(file: FileSource, gzipped: boolean, onProgress: (bytesRead: number) => void) {
    this.file = file;
    this.gzipped = gzipped;
    this.#onProgress = onProgress;
  }

  /** The bytes in order. */
  inOrder(): ByteSource {
    return this.gzipped ? this.#unpack(this.file.descriptor, 0, this.file.size) : this.file;
  }

  /** The bytes in order, of a known number. Gzip data is unpacked first. */
  sized(): ByteSource {
    return this.gzipped ? inOrder(this.anywhere()) : this.file;
  }

  /** The bytes anywhere. Gzip data is unpacked first. */
  anywhere(): RandomSource {
    return this.gzipped ? this.unpack(this.file, 0, this.file.size) : this.file;
  }

  /** Unpacks gzip data that lies in a source that {@link anywhere} or this gave. */
  unpack(source: RandomSource, from: number, to: number): RandomSource {
    const outer = this.#unpacked.find((unpacked) => unpacked === source)?.content ?? this.file.descriptor;
    const stream = this.#unpack(outer, from, to);
    const unpacked = unpackToFile(stream, to - from, () => this.progress(0));
    this.cut ||= stream.cut;
    stream.close();
    this.#stream = undefined;
    this.#unpacked.push(unpacked);
    return unpacked;
  }

  /** A reader has come so far in the bytes that it was given. */
  progress(bytesRead: number): void {
    this.#onProgress(Math.min(this.file.size, this.#stream?.packedRead ?? bytesRead));
  }

  /** All was read. Throws if the file changed meanwhile; one that looks `damaged` may not even have grown. */
  verify(damaged = false): void {
    if (this.#stream !== undefined) {
      this.cut ||= this.#stream.cut;
      this.#stream.close();
      this.#stream = undefined;
    }
    if ((this.gzipped || damaged) && this.file.touched) {
      throw new ReadFailure(
        "changed",
        "The file changed while it was read. Open it again when its writer is done.",
      );
    }
    this.file.verify();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#stream?.close();
    for (const unpacked of this.#unpacked) unpacked.close();
    this.file.close();
  }

  #unpack(packed: number | Uint8Array, from: number, to: number): GunzipSource {
    this.#stream = new GunzipSource(packed, from, to);
    return this.#stream;
  }
}

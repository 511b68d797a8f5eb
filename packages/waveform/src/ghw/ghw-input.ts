import { ReadFailure } from "../failure.js";
import type { ByteSource } from "../source/byte-source.js";

const CHUNK = 1 << 20;

/** Thrown where the file ends in the middle of something; {@link GhwInput.item} says of what. */
export class CutOff extends Error {
  override readonly name = "CutOff";
}

/** The bytes of a GHW file in order, and the numbers that it is made of. */
export class GhwInput {
  /** Order of the bytes of a word; told by the header of the file. */
  bigEndian = false;
  /** Offset in the file of what is being read, for messages; moved by {@link begin}. */
  item = 0;
  readonly #source: ByteSource;
  readonly #onProgress: ((bytesRead: number) => void) | undefined;
  readonly #buffer: Uint8Array<ArrayBuffer>;
  readonly #word = new DataView(new ArrayBuffer(8));
  /** Offset in the file of the first byte in the buffer. */
  #base = 0;
  #at = 0;
  #end = 0;

  constructor(
    source: ByteSource,
    options: { chunkBytes?: number; onProgress?: (bytes: number) => void } = {},
  ) {
    this.#source = source;
    this.#onProgress = options.onProgress;
    this.#buffer = new Uint8Array(Math.max(1, Math.min(options.chunkBytes ?? CHUNK, source.size)));
  }

  /** Bytes of the whole file. */
  get size(): number {
    return this.#source.size;
  }

  /** Offset in the file of the next byte. */
  get position(): number {
    return this.#base + this.#at;
  }

  /** What is read from here on is one item: a change, a declaration, a section. */
  begin(): void {
    this.item = this.#base + this.#at;
  }

  /** Whether nothing follows. */
  ended(): boolean {
    return this.#at === this.#end && !this.#refill();
  }

  byte(): number {
    if (this.#at === this.#end && !this.#refill()) throw new CutOff();
    return this.#buffer[this.#at++] ?? 0;
  }

  /** Four characters, `CYC\0`. */
  tag(): string {
    return String.fromCharCode(this.byte(), this.byte(), this.byte(), this.byte());
  }

  /** A word of four bytes that counts something. */
  count(what: string): number {
    this.#fill(4);
    const value = this.#word.getInt32(0, !this.bigEndian);
    if (value < 0) this.fail(`The number of ${what} is negative`);
    return value;
  }

  /** A word of eight bytes. */
  int64(): bigint {
    this.#fill(8);
    return this.#word.getBigInt64(0, !this.bigEndian);
  }

  float64(): number {
    this.#fill(8);
    return this.#word.getFloat64(0, !this.bigEndian);
  }

  /** An unsigned number in groups of seven bits, below 2^32. */
  uleb(): number {
    let byte = this.byte();
    if (byte < 128) return byte;
    let value = byte & 127;
    for (let scale = 128; ; scale *= 128) {
      byte = this.byte();
      value += (byte & 127) * scale;
      if (byte < 128) break;
      if (scale > 2 ** 28) this.fail("A number is longer than 32 bits");
    }
    if (value >= 2 ** 32) this.fail("A number is longer than 32 bits");
    return value;
  }

  /** A signed number in groups of seven bits, of 32 bits. */
  sleb(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte();
      if (shift < 32) value |= (byte & 127) << shift;
      if (byte < 128) {
        if (shift + 7 < 32 && (byte & 64) !== 0) value |= -1 << (shift + 7);
        return value;
      }
      if (shift > 63) this.fail("A number is longer than 64 bits");
    }
  }

  /** A signed number in groups of seven bits, of 64 bits. */
  sleb64(): bigint {
    let low = 0;
    let high = 0n;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte();
      const part = byte & 127;
      // Most numbers are short: below 2^49 no big number is made for each byte.
      if (shift < 49) low += part * 2 ** shift;
      else high |= BigInt(part) << BigInt(shift);
      if (byte < 128) {
        const value = BigInt(low) | high;
        return BigInt.asIntN(64, (byte & 64) !== 0 ? value | (-1n << BigInt(shift + 7)) : value);
      }
      if (shift > 63) this.fail("A number is longer than 64 bits");
    }
  }

  /** Ends the read: the file is broken here. */
  fail(message: string): never {
    throw new ReadFailure("malformed", message, { byte: this.item });
  }

  #fill(length: number): void {
    for (let i = 0; i < length; i++) this.#word.setUint8(i, this.byte());
  }

  #refill(): boolean {
    this.#base += this.#end;
    this.#at = 0;
    this.#end = this.#source.read(this.#buffer, 0, this.#buffer.length);
    this.#onProgress?.(this.#base + this.#end);
    return this.#end > 0;
  }
}

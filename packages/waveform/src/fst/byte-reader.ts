import { ReadFailure } from "../failure.js";

/**
 * Reads the numbers of FST from bytes: fixed ones big-endian, variable ones in groups of seven bits, least significant
 * first. Reading past the end, or a number that does not fit, is "malformed" at the byte of the file where it starts.
 */
export class ByteReader {
  readonly bytes: Uint8Array;
  at = 0;
  readonly #base: number;
  readonly #what: string;
  readonly #unpacked: boolean;

  /**
   * `base` is where `bytes` start in the file or, if they were unpacked, where their packed form does; `what` names them
   * in messages.
   */
  constructor(bytes: Uint8Array, base: number, what: string, unpacked = false) {
    this.bytes = bytes;
    this.#base = base;
    this.#what = what;
    this.#unpacked = unpacked;
  }

  get left(): number {
    return this.bytes.length - this.at;
  }

  /** Ends the reading: something is wrong at the current place. */
  fail(why: string): never {
    throw new ReadFailure("malformed", `${this.#what}: ${why}`, {
      byte: this.#base + (this.#unpacked ? 0 : this.at),
    });
  }

  u8(): number {
    if (this.at >= this.bytes.length) this.fail("it ends too early");
    return this.bytes[this.at++] ?? 0;
  }

  /** An unsigned number of eight bytes. */
  u64(): bigint {
    if (this.left < 8) this.fail("it ends too early");
    const view = new DataView(this.bytes.buffer, this.bytes.byteOffset + this.at, 8);
    this.at += 8;
    return view.getBigUint64(0);
  }

  /** An unsigned number of eight bytes that counts something in the file; one above 2^53 cannot. */
  count(): number {
    const at = this.at;
    const value = this.u64();
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) {
      this.at = at;
      this.fail(`${value} is no size`);
    }
    return Number(value);
  }

  /** An unsigned number of variable length, exact up to 2^53. */
  varint(): number {
    const at = this.at;
    let byte = this.u8();
    let value = byte & 127;
    for (let unit = 128; byte > 127; unit *= 128) {
      byte = this.u8();
      value += (byte & 127) * unit;
      if (value > Number.MAX_SAFE_INTEGER) {
        this.at = at;
        this.fail("a number is too large");
      }
    }
    return value;
  }

  /** An unsigned number of variable length, below 2^64. */
  varint64(): bigint {
    const at = this.at;
    let byte = this.u8();
    if (byte < 128) return BigInt(byte);
    let value = BigInt(byte & 127);
    for (let shift = 7n; byte > 127; shift += 7n) {
      byte = this.u8();
      value |= BigInt(byte & 127) << shift;
      if (shift >= 63n && (byte > 127 || value >= 1n << 64n)) {
        this.at = at;
        this.fail("a number is too large");
      }
    }
    return value;
  }

  /** A signed number of variable length, exact up to ±2^52: the top bit of the last group is the sign. */
  signedVarint(): number {
    const at = this.at;
    let byte = this.u8();
    let value = byte & 127;
    let unit = 128;
    for (; byte > 127; unit *= 128) {
      byte = this.u8();
      value += (byte & 127) * unit;
      if (unit > 2 ** 56) {
        this.at = at;
        this.fail("a number is too large");
      }
    }
    return byte & 64 ? value - unit : value;
  }

  /** Where the text that starts here ends; moves behind its zero byte. */
  textEnd(): number {
    const end = this.bytes.indexOf(0, this.at);
    if (end < 0) this.fail("a text does not end");
    this.at = end + 1;
    return end;
  }
}

import { EngineError } from "../errors.js";
import { limitError, type EngineLimits } from "../limits.js";

/** The longest name that is read as ASCII first. */
const maxAscii = 128;
const notAscii = /[^\0-\x7f]/;
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Reads a slice of a component, never past its end; every error carries the offset in the whole file. */
export class Reader {
  readonly bytes: Uint8Array;
  readonly end: number;
  readonly limits: EngineLimits;
  /** How many more items may be read; shared by all readers of one component. */
  readonly budget: { items: number };
  /** What is being read, for errors. */
  readonly what: string;
  offset: number;

  constructor(
    bytes: Uint8Array,
    limits: EngineLimits,
    start = 0,
    end = bytes.length,
    budget = { items: limits.maxDefinitions },
    what = "component",
  ) {
    this.bytes = bytes;
    this.limits = limits;
    this.offset = start;
    this.end = end;
    this.budget = budget;
    this.what = what;
  }

  get done(): boolean {
    return this.offset >= this.end;
  }

  malformed(problem: string, offset = this.offset): EngineError {
    return new EngineError("malformed", `${this.what}: ${problem}`, { offset });
  }

  /** A byte that stands for nothing, where one that stands for `what` was expected. */
  unknown(what: string, byte: number, offset = this.offset): EngineError {
    return this.malformed(`0x${byte.toString(16)} is no ${what}`, offset);
  }

  /** Well-formed, but against the rules. */
  invalid(what: string, offset = this.offset): EngineError {
    return new EngineError("invalid", what, { offset });
  }

  byte(): number {
    const value = this.offset < this.end ? this.bytes[this.offset] : undefined;
    if (value === undefined) throw this.malformed("unexpected end");
    this.offset += 1;
    return value;
  }

  /** The next byte, which is not consumed. */
  peek(): number {
    const value = this.byte();
    this.offset -= 1;
    return value;
  }

  /** An unsigned LEB128 number of at most 32 bits. */
  u32(): number {
    const start = this.offset;
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte();
      if (shift === 28 && byte > 0x0f) throw this.malformed("a number does not fit 32 bits", start);
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw this.malformed("a number is too long", start);
  }

  /** A number of items that follow: each takes at least one byte, so more than the bytes left is a lie. */
  count(what: string): number {
    const start = this.offset;
    const count = this.u32();
    if (count > this.end - this.offset) {
      throw this.malformed(
        `${count} ${what} are announced, only ${this.end - this.offset} bytes follow`,
        start,
      );
    }
    this.budget.items -= count;
    if (this.budget.items < 0) throw limitError("maxDefinitions", this.limits, `too many ${what}`, start);
    return count;
  }

  /** A vector of items. */
  vec<T>(what: string, read: (index: number) => T): T[] {
    const count = this.count(what);
    const items: T[] = [];
    for (let i = 0; i < count; i++) items.push(read(i));
    return items;
  }

  /** A presence byte and, where it is 1, an item. */
  optional<T>(read: () => T): T | undefined {
    const start = this.offset;
    const flag = this.byte();
    if (flag === 0) return undefined;
    if (flag === 1) return read();
    throw this.unknown("0 or 1", flag, start);
  }

  take(length: number): Uint8Array {
    if (length > this.end - this.offset) {
      throw this.malformed(`${length} bytes are announced, only ${this.end - this.offset} bytes follow`);
    }
    const slice = this.bytes.subarray(this.offset, this.offset + length);
    this.offset += length;
    return slice;
  }

  /** A length-prefixed UTF-8 string. */
  name(): string {
    const start = this.offset;
    const length = this.u32();
    const ascii = this.#ascii(length);
    if (ascii !== undefined) return ascii;
    const bytes = this.take(length);
    try {
      return utf8.decode(bytes);
    } catch {
      throw this.malformed("a name is not valid UTF-8", start);
    }
  }

  /** A short text of ASCII, which almost every name is; `undefined` for what is none. A decoder costs several times as much. */
  #ascii(length: number): string | undefined {
    if (length > maxAscii || length > this.end - this.offset) return undefined;
    const codes = this.bytes.subarray(this.offset, this.offset + length);
    const text = Reflect.apply(String.fromCharCode, undefined, codes);
    if (notAscii.test(text)) return undefined;
    this.offset += length;
    return text;
  }

  /** A reader of the next `length` bytes, which this reader skips. */
  slice(length: number, what: string): Reader {
    const start = this.offset;
    this.take(length);
    return new Reader(this.bytes, this.limits, start, start + length, this.budget, what);
  }
}

import { decodeText } from "../abi/decode-text.js";
import { EngineError } from "../errors.js";
import { limitError, type EngineLimits } from "../limits.js";

/** How many bytes become text at a time, for the names in them. */
const textWindow = 512;
const notAscii = /[^\0-\x7f]/;
const flags = [false, true];

/** A section: its body, and where its id stands. */
export interface Section {
  readonly id: number;
  readonly start: number;
  readonly body: Reader;
}

/**
 * Reads a slice of a component, never past its end; every error carries the offset in the whole file.
 *
 * Functions that are given to a reader should live as long as the program: what V8 has optimized of a closure goes with the closure,
 * and is optimized again for the next one.
 */
export class Reader {
  readonly bytes: Uint8Array;
  readonly end: number;
  readonly limits: EngineLimits;
  /** How many more items may be read; shared by all readers of one component. */
  readonly budget: { items: number };
  /** What is being read, for errors. */
  readonly what: string;
  offset: number;
  /** Where the byte, number or name began that was read last: what is wrong is about it, unless another offset is given. */
  start: number;
  #text = "";
  #textStart = 0;

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
    this.start = start;
    this.end = end;
    this.budget = budget;
    this.what = what;
  }

  get done(): boolean {
    return this.offset >= this.end;
  }

  malformed(problem: string, offset = this.start): EngineError {
    return new EngineError("malformed", `${this.what}: ${problem}`, { offset });
  }

  /** A byte that stands for nothing, where one that stands for `what` was expected. */
  unknown(what: string, byte: number, offset = this.start): EngineError {
    return this.malformed(`0x${byte.toString(16)} is no ${what}`, offset);
  }

  byte(): number {
    this.start = this.offset;
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

  /**
   * An unsigned LEB128 number of at most 32 bits. Integer operations throughout: offsets and indices that were once doubles stay
   * doubles, and cost an allocation each time that they are read.
   */
  u32(): number {
    const start = this.offset;
    this.start = start;
    const first = start < this.end ? (this.bytes[start] ?? 0x80) : 0x80;
    if (first < 0x80) {
      this.offset = start + 1;
      return first;
    }
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte();
      this.start = start;
      if (shift === 28 && byte > 0x0f) throw this.malformed("a number does not fit 32 bits");
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
    throw this.malformed("a number is too long");
  }

  /** What a byte stands for, by a table. */
  oneOf<T>(what: string, table: { readonly [byte: number]: T }): T {
    const byte = this.byte();
    const found = table[byte];
    if (found === undefined) throw this.unknown(what, byte);
    return found;
  }

  /** A byte that is 0 or 1. */
  flag(what = "0 or 1"): boolean {
    return this.oneOf(what, flags);
  }

  /** A byte that has to be this one. */
  expect(wanted: number, problem: string): void {
    if (this.byte() !== wanted) throw this.malformed(problem);
  }

  /** A number of items that follow: each takes at least one byte, so more than the bytes left is a lie. */
  count(): number {
    const count = this.u32();
    this.#requireLeft(count, "items");
    this.#spend(count, "items");
    return count;
  }

  #requireLeft(count: number, what: string): void {
    const left = this.end - this.offset;
    if (count > left) throw this.malformed(`${count} ${what} are announced, only ${left} bytes follow`);
  }

  #spend(count: number, what: string): void {
    this.budget.items -= count;
    if (this.budget.items < 0) {
      throw limitError("maxDefinitions", this.limits, `too many ${what}`, this.start);
    }
  }

  /** A vector of items, which come after those that are there. */
  vec<T>(read: (reader: Reader) => T, items: T[] = []): T[] {
    for (let left = this.count(); left > 0; left--) items.push(read(this));
    return items;
  }

  /** A presence byte and, where it is 1, an item. */
  optional<T>(read: (reader: Reader) => T): T | undefined {
    return this.flag() ? read(this) : undefined;
  }

  take(length: number): Uint8Array {
    const start = this.offset;
    this.skip(length);
    return this.bytes.subarray(start, this.offset);
  }

  skip(length: number): void {
    this.#requireLeft(length, "bytes");
    this.offset += length;
  }

  /** A length-prefixed UTF-8 string. */
  name(): string {
    const length = this.u32();
    const ascii = this.#ascii(length);
    if (ascii !== undefined) return ascii;
    const bytes = this.take(length);
    try {
      return decodeText(bytes);
    } catch {
      throw this.malformed("a name is not valid UTF-8");
    }
  }

  /**
   * A short text of ASCII, which almost every name is; `undefined` for what is none. It is cut out of the text of a window of bytes,
   * each one character: a decoder, or a view, for each name costs more.
   */
  #ascii(length: number): string | undefined {
    const { offset } = this;
    if (length > textWindow || length > this.end - offset) return undefined;
    if (offset + length > this.#textStart + this.#text.length) {
      const window = this.bytes.subarray(offset, Math.min(offset + textWindow, this.end));
      this.#text = Reflect.apply(String.fromCharCode, undefined, window);
      this.#textStart = offset;
    }
    const from = offset - this.#textStart;
    const text = this.#text.slice(from, from + length);
    if (notAscii.test(text)) return undefined;
    this.offset = offset + length;
    return text;
  }

  /** The next section, `undefined` at the end: an id, a size, and that many bytes. */
  section(name: (id: number) => string): Section | undefined {
    if (this.done) return undefined;
    const id = this.byte();
    const { start } = this;
    this.#spend(1, "sections");
    return { id, start, body: this.slice(this.u32(), name(id)) };
  }

  /** A reader of the next `length` bytes, which this reader skips. */
  slice(length: number, what: string): Reader {
    const start = this.offset;
    this.skip(length);
    return new Reader(this.bytes, this.limits, start, start + length, this.budget, what);
  }
}

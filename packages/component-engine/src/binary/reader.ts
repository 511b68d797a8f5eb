import { EngineError } from "../errors.js";
import { limitError, type EngineLimits } from "../limits.js";

/** The longest name that is read as ASCII first. */
const maxAscii = 128;
const notAscii = /[^\0-\x7f]/;
const flags = [false, true];
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

  /** What a byte stands for, by a table. */
  oneOf<T>(what: string, table: { readonly [byte: number]: T }): T {
    const start = this.offset;
    const byte = this.byte();
    const found = table[byte];
    if (found === undefined) throw this.unknown(what, byte, start);
    return found;
  }

  /** A byte that is 0 or 1. */
  flag(what = "0 or 1"): boolean {
    return this.oneOf(what, flags);
  }

  /** A byte that has to be this one. */
  expect(wanted: number, problem: string, offset = this.offset): void {
    if (this.byte() !== wanted) throw this.malformed(problem, offset);
  }

  /** A number of items that follow: each takes at least one byte, so more than the bytes left is a lie. */
  count(what: string): number {
    const start = this.offset;
    const count = this.u32();
    this.#requireLeft(count, what, start);
    this.#spend(count, what, start);
    return count;
  }

  #requireLeft(count: number, what: string, offset: number): void {
    const left = this.end - this.offset;
    if (count > left) {
      throw this.malformed(`${count} ${what} are announced, only ${left} bytes follow`, offset);
    }
  }

  #spend(count: number, what: string, offset: number): void {
    this.budget.items -= count;
    if (this.budget.items < 0) throw limitError("maxDefinitions", this.limits, `too many ${what}`, offset);
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
    return this.flag() ? read() : undefined;
  }

  take(length: number): Uint8Array {
    this.#requireLeft(length, "bytes", this.offset);
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

  /** Every section that is left: an id, a size, and the bytes that `read` gets a reader for. */
  sections(name: (id: number) => string, read: (id: number, body: Reader, start: number) => void): void {
    while (!this.done) {
      const start = this.offset;
      this.#spend(1, "sections", start);
      const id = this.byte();
      read(id, this.slice(this.u32(), name(id)), start);
    }
  }

  /** A reader of the next `length` bytes, which this reader skips. */
  slice(length: number, what: string): Reader {
    const start = this.offset;
    this.take(length);
    return new Reader(this.bytes, this.limits, start, start + length, this.budget, what);
  }
}

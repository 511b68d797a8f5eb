// How values travel between processes and threads: a tree written depth first, without references. What a message makes
// of memory is therefore bounded by its bytes, its elements and its depth, which are checked while it is read; nothing
// in it chooses a class, and no key reaches a prototype.
//
// value = tag, then: numbers as varint (zigzag), 8 bytes little endian or nothing; texts and bytes as length and content;
// lists as count and values; records as count and pairs of key and value. A key is 0 and its text, or a number: that of a
// known one (from 1), or of one that was written before (after those).
//
// Most messages are small and of short texts in ASCII. For those it does without the methods of `Buffer`: a thread that has
// just booted runs each for the first time, which takes longer than all the rest.

import { isAscii } from "node:buffer";
import { Utf8Text } from "@novywave/component-engine";

/** Keys of the messages and of what the contract passes most: both ends are of the same build, so they travel as numbers. */
const knownKeys = (
  "call function args hostCall interface outcome kind value payload failure code message backtrace " +
  "limit memoryBytes liftedBytes reason outOfMemory sha256 bytes links import functions exportName " +
  "limits tag val key path paths subscriptionId name level channel"
).split(" ");

const numberOfKey: ReadonlyMap<string, number> = new Map(knownKeys.map((key, index) => [key, index + 1]));

const tags = {
  undefined: 0,
  null: 1,
  false: 2,
  true: 3,
  integer: 4,
  double: 5,
  unsigned: 6,
  signed: 7,
  text: 8,
  list: 9,
  record: 10,
  bytes: 11,
} as const;

export interface CodecLimits {
  readonly maxDepth: number;
  /** Values in all, those inside lists and records counted one by one. */
  readonly maxElements: number;
}

export const codecLimits: CodecLimits = Object.freeze({ maxDepth: 64, maxElements: 4_000_000 });

/** A value that cannot be written, or bytes that are no value. */
export class CodecError extends Error {
  override readonly name = "CodecError";
}

/**
 * Writes a value, after `reserve` bytes that are left to the caller: into `memory` if it fits there. What is answered has
 * its memory for itself and can be transferred.
 */
export function encode(value: unknown, reserve = 0, memory?: ArrayBuffer): Uint8Array<ArrayBuffer> {
  const writer = new Writer(reserve, memory);
  writer.value(value, 0);
  return writer.finish();
}

export interface DecodeOptions {
  readonly limits?: CodecLimits;
  /** Texts of so many bytes or more stay what they are, views of the bytes; other texts and byte lists are copies. */
  readonly utf8From?: number;
}

/** Reads a value that fills `bytes`. */
export function decode(
  bytes: Uint8Array,
  { limits = codecLimits, utf8From = Infinity }: DecodeOptions = {},
): unknown {
  const reader = new Reader(bytes, limits, utf8From);
  const value = reader.value(0);
  if (!reader.atEnd) throw new CodecError("bytes are left after the value");
  return value;
}

const safeInteger = 2 ** 31;
const slack = 1_024;
/** UTF-16 units of a text whose length in UTF-8 takes one byte, whatever they are. */
const shortText = 42;
/** Bytes from which on it pays to look for a faster way than for any text. */
const longText = 1_024;
/** Bytes in which the length of any text can be written. */
const longVarint = 5;
/** What fits here is written here first, since most messages are small, and then copied to where it is exactly as long. */
const scratchBytes = 16 * 1024;

const utf8Encoder = new TextEncoder();

let scratch: Uint8Array<ArrayBuffer> | undefined;

/** The same memory. */
function bufferOf({ buffer, byteOffset, length }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, length);
}

/** Undefined if it is not ASCII. */
function shortAscii(bytes: Uint8Array, start: number, end: number): string | undefined {
  let text = "";
  let all = 0;
  for (let at = start; at < end; at++) {
    const unit = bytes[at] ?? 0;
    all |= unit;
    text += String.fromCharCode(unit);
  }
  return all < 0x80 ? text : undefined;
}

class Writer {
  #bytes: Uint8Array<ArrayBuffer>;
  /** Of the same memory, once one is needed. */
  #buffer: Buffer | undefined;
  #at: number;
  #keys: Map<string, number> | undefined;
  readonly #scratch: Uint8Array<ArrayBuffer> | undefined;

  constructor(reserve: number, memory: ArrayBuffer | undefined) {
    if (memory && memory.byteLength > scratchBytes) this.#bytes = new Uint8Array(memory);
    else {
      this.#scratch = scratch ?? new Uint8Array(scratchBytes);
      this.#bytes = this.#scratch;
      // It is taken: a value that writes another one while it is read gets its own.
      scratch = undefined;
    }
    this.#at = reserve;
  }

  value(value: unknown, depth: number): void {
    if (depth > codecLimits.maxDepth) throw new CodecError("the value is nested too deeply");
    switch (typeof value) {
      case "undefined":
        return this.#byte(tags.undefined);
      case "boolean":
        return this.#byte(value ? tags.true : tags.false);
      case "number":
        return this.#number(value);
      case "bigint":
        return this.#bigint(value);
      case "string":
        this.#byte(tags.text);
        return this.#text(value);
      case "object":
        return this.#object(value, depth);
      default:
        throw new CodecError(`a ${typeof value} cannot be sent`);
    }
  }

  finish(): Uint8Array<ArrayBuffer> {
    scratch = this.#scratch ?? scratch;
    const written = this.#bytes.subarray(0, this.#at);
    return this.#bytes === this.#scratch ? new Uint8Array(written) : written;
  }

  #object(value: object | null, depth: number): void {
    if (value === null) return this.#byte(tags.null);
    if (value instanceof Uint8Array) {
      this.#byte(tags.bytes);
      return this.#blob(value);
    }
    if (value instanceof Utf8Text) {
      this.#byte(tags.text);
      return this.#blob(value.bytes);
    }
    if (Array.isArray(value)) {
      this.#byte(tags.list);
      this.#varint(value.length);
      for (const item of value) this.value(item, depth + 1);
      return;
    }
    const entries = Object.entries(value);
    this.#byte(tags.record);
    this.#varint(entries.length);
    for (const [key, item] of entries) {
      this.#key(key);
      this.value(item, depth + 1);
    }
  }

  #blob(bytes: Uint8Array): void {
    this.#varint(bytes.length);
    this.#room(bytes.length);
    this.#bytes.set(bytes, this.#at);
    this.#at += bytes.length;
  }

  #key(key: string): void {
    const number = numberOfKey.get(key) ?? this.#keys?.get(key);
    this.#varint(number ?? 0);
    if (number !== undefined) return;
    this.#keys ??= new Map();
    this.#keys.set(key, knownKeys.length + this.#keys.size + 1);
    this.#text(key);
  }

  #number(value: number): void {
    if (Number.isInteger(value) && Math.abs(value) < safeInteger && !Object.is(value, -0)) {
      this.#byte(tags.integer);
      return this.#varint(value < 0 ? -2 * value - 1 : 2 * value);
    }
    this.#byte(tags.double);
    this.#eight((view) => view.setFloat64(0, value, true));
  }

  #bigint(value: bigint): void {
    const kept = value < 0n ? BigInt.asIntN(64, value) : BigInt.asUintN(64, value);
    if (kept !== value) throw new CodecError("an integer does not fit 64 bits");
    this.#byte(value < 0n ? tags.signed : tags.unsigned);
    this.#eight((view) => view.setBigUint64(0, value, true));
  }

  #eight(write: (view: DataView) => void): void {
    this.#room(8);
    write(new DataView(this.#bytes.buffer, this.#bytes.byteOffset + this.#at, 8));
    this.#at += 8;
  }

  #text(text: string): void {
    if (text.length <= shortText) {
      this.#room(1 + 3 * shortText);
      const bytes = this.#shortAscii(text) ? text.length : this.#wide().write(text, this.#at + 1, "utf8");
      this.#bytes[this.#at] = bytes;
      this.#at += 1 + bytes;
      return;
    }
    if (text.length >= longText && this.#longAscii(text)) return;
    const bytes = Buffer.byteLength(text);
    this.#varint(bytes);
    this.#room(bytes);
    this.#at += this.#wide().write(text, this.#at, bytes, bytes === text.length ? "latin1" : "utf8");
  }

  /** Writes a text behind the byte of its length; false if it has units that take more than one byte. */
  #shortAscii(text: string): boolean {
    let all = 0;
    for (let index = 0; index < text.length; index++) {
      const unit = text.charCodeAt(index);
      all |= unit;
      this.#bytes[this.#at + 1 + index] = unit;
    }
    return all < 0x80;
  }

  /** Writes a text of which every unit takes one byte, as most do, without measuring it before; false if it is another. */
  #longAscii(text: string): boolean {
    const { length } = text;
    this.#room(longVarint + length);
    const start = this.#at + longVarint;
    const { read } = utf8Encoder.encodeInto(text, this.#bytes.subarray(start, start + length));
    if (read !== length) return false;
    for (let at = 0; at < longVarint; at++) {
      this.#bytes[this.#at + at] = ((length / 0x80 ** at) & 0x7f) | (at === longVarint - 1 ? 0 : 0x80);
    }
    this.#at = start + length;
    return true;
  }

  #byte(byte: number): void {
    this.#room(1);
    this.#bytes[this.#at++] = byte;
  }

  #varint(value: number): void {
    this.#room(6);
    let rest = value;
    while (rest >= 0x80) {
      this.#bytes[this.#at++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.#bytes[this.#at++] = rest;
  }

  #wide(): Buffer {
    this.#buffer ??= bufferOf(this.#bytes);
    return this.#buffer;
  }

  #room(bytes: number): void {
    if (this.#at + bytes <= this.#bytes.length) return;
    // Behind a long text little follows, and to double for that would copy it.
    const larger = Buffer.allocUnsafeSlow(Math.max(this.#at + bytes + slack, this.#bytes.length * 2));
    larger.set(this.#bytes.subarray(0, this.#at));
    this.#bytes = larger;
    this.#buffer = larger;
  }
}

class Reader {
  readonly #all: Uint8Array;
  /** Of the same memory, once one is needed. */
  #buffer: Buffer | undefined;
  readonly #limits: CodecLimits;
  readonly #utf8From: number;
  readonly #keys: string[] = [];
  #at = 0;
  #elements = 0;

  constructor(bytes: Uint8Array, limits: CodecLimits, utf8From: number) {
    this.#all = bytes;
    this.#limits = limits;
    this.#utf8From = utf8From;
  }

  get atEnd(): boolean {
    return this.#at === this.#all.length;
  }

  value(depth: number): unknown {
    const tag = this.#byte();
    switch (tag) {
      case tags.undefined:
        return undefined;
      case tags.null:
        return null;
      case tags.false:
        return false;
      case tags.true:
        return true;
      case tags.integer: {
        const zigzag = this.#varint();
        return zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2;
      }
      case tags.double:
        return this.#eight().getFloat64(0, true);
      case tags.unsigned:
        return this.#eight().getBigUint64(0, true);
      case tags.signed:
        return this.#eight().getBigInt64(0, true);
      case tags.text:
        return this.#textOrBytes();
      case tags.bytes:
        return this.#bytes();
      case tags.list:
        return this.#list(depth);
      case tags.record:
        return this.#record(depth);
      default:
        throw new CodecError(`there is no value with tag ${tag}`);
    }
  }

  #list(depth: number): unknown[] {
    const count = this.#count(depth);
    const list: unknown[] = [];
    for (let index = 0; index < count; index++) list.push(this.value(depth + 1));
    return list;
  }

  #record(depth: number): Record<string, unknown> {
    const count = this.#count(depth);
    const record: Record<string, unknown> = {};
    for (let index = 0; index < count; index++) {
      const key = this.#key();
      record[key] = this.value(depth + 1);
    }
    return record;
  }

  #key(): string {
    const number = this.#varint();
    if (number > 0) {
      const known = knownKeys[number - 1] ?? this.#keys[number - 1 - knownKeys.length];
      if (known === undefined) throw new CodecError("a key refers to none before it");
      return known;
    }
    const key = this.#text();
    if (key === "__proto__") throw new CodecError("a key reaches for the prototype");
    this.#keys.push(key);
    return key;
  }

  /** The number of values that follow: each takes a byte at least. */
  #count(depth: number): number {
    if (depth >= this.#limits.maxDepth) throw new CodecError("the value is nested too deeply");
    const count = this.#varint();
    if (count > this.#all.length - this.#at) throw new CodecError("a list is longer than its bytes");
    this.#elements += count;
    if (this.#elements > this.#limits.maxElements) throw new CodecError("the value has too many elements");
    return count;
  }

  #bytes(): Uint8Array {
    const length = this.#varint();
    const start = this.#skip(length);
    try {
      return new Uint8Array(this.#all.subarray(start, start + length));
    } catch {
      throw new CodecError(`there is no memory for ${length} bytes`);
    }
  }

  #textOrBytes(): string | Utf8Text {
    const length = this.#varint();
    const start = this.#skip(length);
    const end = start + length;
    return length < this.#utf8From ? this.#string(start, end) : new Utf8Text(this.#all.subarray(start, end));
  }

  #text(): string {
    const length = this.#varint();
    const start = this.#skip(length);
    return this.#string(start, start + length);
  }

  #string(start: number, end: number): string {
    const length = end - start;
    const short = length <= shortText ? shortAscii(this.#all, start, end) : undefined;
    if (short !== undefined) return short;
    try {
      this.#buffer ??= bufferOf(this.#all);
      const ascii = length >= longText && isAscii(this.#buffer.subarray(start, end));
      return this.#buffer.toString(ascii ? "latin1" : "utf8", start, end);
    } catch {
      // More than the runtime's longest string.
      throw new CodecError(`a text of ${length} bytes is too long`);
    }
  }

  #eight(): DataView {
    const start = this.#skip(8);
    return new DataView(this.#all.buffer, this.#all.byteOffset + start, 8);
  }

  #byte(): number {
    return this.#all[this.#skip(1)] ?? 0;
  }

  #varint(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 0x80) {
      if (scale > 2 ** 35) throw new CodecError("a number is too long");
      const byte = this.#byte();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
  }

  /** Moves on, and answers where it was. */
  #skip(bytes: number): number {
    const start = this.#at;
    if (bytes > this.#all.length - start) throw new CodecError("the bytes end inside a value");
    this.#at = start + bytes;
    return start;
  }
}

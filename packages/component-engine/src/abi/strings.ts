import { expected, guestError } from "./value-error.js";
import { limitError } from "../limits.js";
import { decodeText } from "./decode-text.js";
import { nodeBuffer } from "./node-buffer.js";
import { isA } from "../link/failure.js";
import type { Guest } from "./guest.js";

const utf8Encoder = new TextEncoder();

/** Below this many bytes a loop is faster than a call into the platform's decoder. */
const shortLength = 32;
/** From this many bytes on it pays to look whether a text is ASCII, where the platform tells fast. */
const longLength = 256;
/** In latin1+utf16, marks a length as counting UTF-16 code units. */
const utf16Tag = 0x80000000;

/** Reads a string from a pointer and a length, both from the guest. */
export function loadString(guest: Guest, pointer: number, length: number): string | object {
  switch (guest.encoding) {
    case "utf8":
      return loadUtf8(guest, pointer, length);
    case "utf16":
      return loadUtf16(guest, pointer, length);
    default:
      if (length >= utf16Tag) return loadUtf16(guest, pointer, length - utf16Tag);
      return loadLatin1(guest, pointer, length);
  }
}

function prepare(guest: Guest, pointer: number, bytes: number, alignment: number): void {
  guest.check(pointer, bytes, alignment, "a string");
  const { limits } = guest.state;
  if (bytes > limits.maxStringBytes) throw limitError("maxStringBytes", limits, `a string of ${bytes} bytes`);
  guest.charge(bytes, 1);
}

function loadUtf8(guest: Guest, pointer: number, length: number): string | object {
  prepare(guest, pointer, length, 1);
  const { u8 } = guest;
  if (length <= shortLength) {
    const text = shortAscii(u8, pointer, pointer + length);
    if (text !== undefined) return text;
  }
  const bytes = u8.subarray(pointer, pointer + length);
  try {
    const passed = guest.state.texts?.lift(bytes);
    if (passed !== undefined) return passed;
    if (length >= longLength && nodeBuffer?.isAscii(bytes)) {
      return nodeBuffer.Buffer.from(u8.buffer, pointer, length).latin1Slice();
    }
    return decodeText(bytes);
  } catch (thrown) {
    throw notDecoded(thrown, `the string of ${length} bytes at ${pointer} is not valid UTF-8`);
  }
}

/** A `RangeError` says that the host lacks memory or stack, and nothing about the guest. */
function notDecoded(thrown: unknown, message: string): unknown {
  return isA(thrown, RangeError) ? thrown : guestError(message);
}

/** The text between two positions, or `undefined` if it is not ASCII. Eight at a time: each call makes a string. */
function shortAscii(u8: Uint8Array, from: number, to: number): string | undefined {
  let text = "";
  let i = from;
  let all = 0;
  for (; i + 8 <= to; i += 8) {
    const a = u8[i] ?? 0;
    const b = u8[i + 1] ?? 0;
    const c = u8[i + 2] ?? 0;
    const d = u8[i + 3] ?? 0;
    const e = u8[i + 4] ?? 0;
    const f = u8[i + 5] ?? 0;
    const g = u8[i + 6] ?? 0;
    const h = u8[i + 7] ?? 0;
    all |= a | b | c | d | e | f | g | h;
    text += String.fromCharCode(a, b, c, d, e, f, g, h);
  }
  for (; i + 2 <= to; i += 2) {
    const a = u8[i] ?? 0;
    const b = u8[i + 1] ?? 0;
    all |= a | b;
    text += String.fromCharCode(a, b);
  }
  if (i < to) {
    const a = u8[i] ?? 0;
    all |= a;
    text += String.fromCharCode(a);
  }
  return all < 0x80 ? text : undefined;
}

function loadUtf16(guest: Guest, pointer: number, units: number): string {
  prepare(guest, pointer, units * 2, 2);
  try {
    return decodeText(guest.u8.subarray(pointer, pointer + units * 2), "utf-16le");
  } catch (thrown) {
    throw notDecoded(thrown, `the string of ${units} code units at ${pointer} is not valid UTF-16`);
  }
}

function loadLatin1(guest: Guest, pointer: number, length: number): string {
  prepare(guest, pointer, length, 2);
  const { u8 } = guest;
  const chunk = 8_192;
  let text = "";
  for (let i = 0; i < length; i += chunk) {
    text += String.fromCharCode(...u8.subarray(pointer + i, pointer + Math.min(i + chunk, length)));
  }
  return text;
}

/** Writes a string into memory that the guest allocates; answers with the pointer and sets `guest.stored` to its length. */
export function storeString(guest: Guest, value: unknown): number {
  if (typeof value !== "string") {
    const bytes = guest.state.texts?.lower(value);
    if (bytes === undefined) throw expected("a string", value);
    return guest.encoding === "utf8" ? storeBytes(guest, bytes) : storeString(guest, decodeText(bytes));
  }
  switch (guest.encoding) {
    case "utf8":
      return storeUtf8(guest, value);
    case "utf16":
      return storeUtf16(guest, value, 0);
    default:
      return isLatin1(value) ? storeLatin1(guest, value) : storeUtf16(guest, value, utf16Tag);
  }
}

function storeUtf8(guest: Guest, text: string): number {
  const { length } = text;
  if (length <= 64) {
    const pointer = guest.allocate(length, 1);
    const { u8 } = guest;
    let all = 0;
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i);
      all |= code;
      u8[pointer + i] = code;
    }
    guest.stored = length;
    return all < 0x80 ? pointer : storeEncoded(guest, text, pointer);
  }
  // Most texts are ASCII; one of which every unit fits into a byte is.
  const pointer = guest.allocate(length, 1);
  const { read } = utf8Encoder.encodeInto(text, guest.u8.subarray(pointer, pointer + length));
  guest.stored = length;
  return read === length ? pointer : storeEncoded(guest, text, pointer);
}

/** Writes a text that is not ASCII, into memory for its UTF-16 length at `pointer` that grows to what the text needs. */
function storeEncoded(guest: Guest, text: string, pointer: number): number {
  return storeBytes(guest, utf8Encoder.encode(text), pointer, text.length);
}

function storeBytes(guest: Guest, bytes: Uint8Array, pointer?: number, size?: number): number {
  const target = guest.allocate(bytes.length, 1, pointer, size);
  guest.u8.set(bytes, target);
  guest.stored = bytes.length;
  return target;
}

function isLatin1(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0xff) return false;
  return true;
}

function storeLatin1(guest: Guest, text: string): number {
  const pointer = guest.allocate(text.length, 2);
  const { u8 } = guest;
  for (let i = 0; i < text.length; i++) u8[pointer + i] = text.charCodeAt(i);
  guest.stored = text.length;
  return pointer;
}

function storeUtf16(guest: Guest, value: string, tag: number): number {
  const text = wellFormed(value);
  const pointer = guest.allocate(text.length * 2, 2);
  const { view } = guest;
  for (let i = 0; i < text.length; i++) view.setUint16(pointer + i * 2, text.charCodeAt(i), true);
  guest.stored = tag + text.length;
  return pointer;
}

/** The text with each lone surrogate replaced by U+FFFD, as the UTF-8 encoder does. */
function wellFormed(text: string): string {
  return /[\ud800-\udfff]/.test(text) ? text.replace(/\p{Surrogate}/gu, "\ufffd") : text;
}

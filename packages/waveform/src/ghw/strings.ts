import { ReadFailure } from "../failure.js";
import type { GhwInput } from "./ghw-input.js";

const MAX_STRING = 16_384;
/** Strings share their beginnings, so the table may be longer than its bytes; this much longer, and no more. */
const MAX_GROWTH = 64;
const FREE_BYTES = 1 << 20;

/**
 * Reads the strings of a file, which names and literals refer to by number; number 0 is no name. Each string starts with
 * as much of the one before as the bytes after that one say. Characters are those of ISO 8859-1.
 */
export function readStrings(input: GhwInput): string[] {
  const from = input.position;
  input.count("reserved bytes");
  const count = input.count("strings");
  input.count("characters");
  const strings = [""];
  let before = "";
  let shared = 0;
  let total = 0;
  for (let i = 0; i < count; i++) {
    input.begin();
    if (shared > before.length) input.fail("A string shares more than the string before it has");
    const codes: number[] = [];
    let byte = input.byte();
    for (; !isEnd(byte); byte = input.byte()) {
      if (codes.length + shared >= MAX_STRING) input.fail(`A name is longer than ${MAX_STRING} characters`);
      codes.push(byte);
    }
    before = before.slice(0, shared) + String.fromCharCode(...codes);
    total += before.length;
    if (total > FREE_BYTES + MAX_GROWTH * (input.position - from)) {
      throw new ReadFailure("too-large", "The names of the file are far longer than the file", {
        byte: input.item,
      });
    }
    strings.push(before);
    shared = byte & 31;
    for (let scale = 32; byte >= 128; scale *= 32) {
      byte = input.byte();
      shared += (byte & 31) * scale;
      if (shared > MAX_STRING) input.fail("A string shares more than the string before it has");
    }
  }
  input.begin();
  if (input.tag() !== "EOS\0") input.fail("The strings do not end where they should");
  return strings;
}

/** Bytes below 32, and those below 32 with the highest bit set, are no characters. */
function isEnd(byte: number): boolean {
  return (byte & 127) < 32;
}

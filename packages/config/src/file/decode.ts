import { err, ok, type Result } from "@novywave/base";
import { countCharacters } from "../toml/position.js";
import type { ConfigError } from "../schema/error.js";

/** Bytes as text; a byte order mark stays a part of it. TOML is UTF-8, anything else is an error with its place. */
export function decodeUtf8(bytes: Uint8Array): Result<string, ConfigError> {
  const text = decode(bytes);
  if (text !== undefined) return ok(text);
  let start = 0;
  for (let line = 1; start < bytes.length; line++) {
    const newline = bytes.indexOf(0x0a, start);
    const end = newline === -1 ? bytes.length : newline;
    if (decode(bytes.subarray(start, end)) === undefined) {
      const column = validPrefix(bytes.subarray(start, end)) + 1;
      return err({
        code: "encoding",
        message: "the file is not valid UTF-8 from here on; save it as UTF-8",
        line,
        column,
        expected: "UTF-8",
      });
    }
    start = end + 1;
  }
  return err({
    code: "encoding",
    message: "the file is not valid UTF-8; save it as UTF-8",
    line: 1,
    column: 1,
  });
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

/** The number of characters before the first invalid byte. */
function validPrefix(line: Uint8Array): number {
  let low = 0;
  let high = line.length;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (startsValid(line.subarray(0, middle))) low = middle;
    else high = middle - 1;
  }
  const prefix = new TextDecoder("utf-8").decode(line.subarray(0, low), { stream: true });
  return countCharacters(prefix);
}

/** Whether `bytes` can be the beginning of valid text; it may end in the middle of a character. */
function startsValid(bytes: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
}

import { assertNever } from "@novywave/base";
import { digitsOf, packedValue } from "../format/packed-value.js";
import { FORM_TWO } from "../store/digits.js";
import { BitPacker } from "../store/packed-bits.js";
import type { RecordCursor } from "../store/record-cursor.js";
import { LAYOUT_DIGIT, type SignalStore } from "../store/signal-store.js";
import { QueryError } from "./query-error.js";

const DIGITS = "01xzuwlh-";
/** In a pattern: any digit. */
const ANY = "?";

/**
 * Tells whether values of a signal are the one that is looked for. Of bits: digits, most significant first; `?` stands
 * for any digit, and x for x itself; fewer digits than the signal has are extended with 0, or with x, z or ? where they
 * begin with it. Of reals: a number. Of strings: the whole text. Of events: any. Throws a `QueryError` for what no value
 * of the signal can be.
 */
export function valueMatch(
  store: SignalStore,
  signal: number,
  wanted: string | number,
): (cursor: RecordCursor) => boolean {
  const kind = store.kind(signal);
  switch (kind) {
    case "event":
      return () => true;
    case "real": {
      const number = typeof wanted === "number" ? wanted : Number(wanted);
      if (wanted === "" || (Number.isNaN(number) && !/^nan$/i.test(String(wanted)))) {
        throw new QueryError(`"${wanted}" is no number`);
      }
      return (cursor) => {
        const value = packedValue(kind, 1, 0, cursor.value().bytes);
        return (
          value.kind === "real" &&
          (value.value === number || (Number.isNaN(value.value) && Number.isNaN(number)))
        );
      };
    }
    case "string":
      return (cursor) => {
        const value = packedValue(kind, 1, 0, cursor.value().bytes);
        return value.kind === "string" && value.text === String(wanted);
      };
    case "bits":
      return bitsMatch(store, signal, fullPattern(String(wanted), store.width(signal)));
    default:
      return assertNever(kind);
  }
}

/** The pattern with as many digits as the signal has. */
function fullPattern(text: string, width: number): string {
  const pattern = text.toLowerCase();
  if (!/^[01xzuwlh?-]+$/.test(pattern))
    throw new QueryError(`"${text}" has other digits than 0, 1, x, z, uwlh- and ?`);
  const lead = pattern[0] ?? "0";
  if (pattern.length > width) {
    const extra = pattern.slice(0, pattern.length - width);
    if (!/^[0?]*$/.test(extra))
      throw new QueryError(`"${text}" has more digits than the ${width} of the signal`);
    return pattern.slice(-width);
  }
  return pattern.padStart(width, "xz?".includes(lead) ? lead : "0");
}

function bitsMatch(store: SignalStore, signal: number, pattern: string): (cursor: RecordCursor) => boolean {
  const width = pattern.length;
  if (store.layout(signal) === LAYOUT_DIGIT) {
    if (pattern === ANY) return () => true;
    const code = DIGITS.indexOf(pattern);
    return (cursor) => cursor.code === code;
  }
  if (!pattern.includes(ANY)) {
    // Equal values are stored as equal bytes.
    const packer = new BitPacker();
    packer.packText(new TextEncoder().encode(pattern), 0, width, width);
    const bytes = packer.bytes.slice(0, packer.length);
    const { form } = packer;
    return (cursor) => {
      const value = cursor.value();
      return value.form === form && sameBytes(value.bytes, bytes, form === FORM_TWO);
    };
  }
  return (cursor) => {
    const { form, bytes } = cursor.value();
    const digits = digitsOf({ states: form === 0 ? 2 : form === 1 ? 4 : 9, width, bytes });
    for (let i = 0; i < width; i++) if (pattern[i] !== ANY && pattern[i] !== digits[i]) return false;
    return true;
  };
}

/** Two packed values are the same; of two-state ones a byte of zeros may stand for no byte. */
function sameBytes(a: Uint8Array, b: Uint8Array, padded: boolean): boolean {
  if (!padded && a.length !== b.length) return false;
  const length = Math.max(a.length, b.length);
  for (let i = 0; i < length; i++) if ((a[i] ?? 0) !== (b[i] ?? 0)) return false;
  return true;
}

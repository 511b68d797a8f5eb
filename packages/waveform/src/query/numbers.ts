import { FORM_TWO } from "../store/digits.js";
import type { StoredValue } from "../store/record-cursor.js";

/** A stored value as a number for an analog row: reals as they are, bits unsigned; NaN if it has x, z and the like. */
export function numberOf(value: StoredValue, isReal: boolean): number {
  const { form, bytes } = value;
  if (isReal) return new DataView(bytes.buffer, bytes.byteOffset, 8).getFloat64(0, true);
  if (form !== FORM_TWO) return Number.NaN;
  if (bytes.length <= 6) {
    let number = 0;
    for (let i = bytes.length - 1; i >= 0; i--) number = number * 256 + (bytes[i] ?? 0);
    return number;
  }
  // At least 2^1024: the packed form has no leading zero bytes.
  if (bytes.length > 128) return Number.POSITIVE_INFINITY;
  let exact = 0n;
  for (let i = bytes.length - 1; i >= 0; i--) exact = (exact << 8n) | BigInt(bytes[i] ?? 0);
  return Number(exact);
}

import { FORM_FOUR, FORM_TWO, X_DIGITS } from "./digits.js";
import type { StoredValue } from "./record-cursor.js";

export const MARK_X = 1;
export const MARK_Z = 2;

/** Whether a digit shows as x or as z. */
export function digitMarks(code: number): number {
  return (X_DIGITS >>> code) & 1 ? MARK_X : code === 3 ? MARK_Z : 0;
}

/** Whether any of the `width` digits of a value shows as x, and whether any is z. */
export function valueMarks(value: StoredValue, width: number): number {
  if (value.form === FORM_TWO) return 0;
  const bits = value.form === FORM_FOUR ? 2 : 4;
  const mask = (1 << bits) - 1;
  let marks = 0;
  let digit = 0;
  for (const byte of value.bytes) {
    for (let shift = 0; shift < 8 && digit < width; shift += bits, digit++) {
      marks |= digitMarks((byte >>> shift) & mask);
    }
    if (marks === (MARK_X | MARK_Z)) break;
  }
  return marks;
}

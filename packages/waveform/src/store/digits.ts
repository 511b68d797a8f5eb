/** Digit codes are indices into this: two states use 1 bit a digit, four states 2 bits, nine states 4 bits. */
export const DIGITS = "01xzuwlh-";

/** What {@link digitCodes} has for a character that is no digit. */
export const NO_DIGIT = 255;

/** Character code to digit code. */
export const digitCodes: Uint8Array = (() => {
  const codes = new Uint8Array(256).fill(NO_DIGIT);
  for (const [code, digit] of Array.from(DIGITS).entries()) {
    codes[digit.charCodeAt(0)] = code;
    codes[digit.toUpperCase().charCodeAt(0)] = code;
  }
  return codes;
})();

/** Digit codes that show as unknown: x, u, w and -. */
export const X_DIGITS = 0b1_0011_0100;

/** How a stored value is packed; {@link FORM_BLOB} says that it lies outside the stream. */
export const FORM_TWO = 0;
export const FORM_FOUR = 1;
export const FORM_NINE = 2;
export const FORM_BLOB = 3;

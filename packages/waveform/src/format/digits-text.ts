/** Digits as text, lower case, most significant first. h and l are weak 1 and 0. */

/** Whether all digits say 0 or 1. */
export function isKnown(digits: string): boolean {
  return /^[01hl]*$/.test(digits);
}

/** The same with h and l as 1 and 0. */
export function strong(digits: string): string {
  return digits.replaceAll("h", "1").replaceAll("l", "0");
}

/** Known digits as an unsigned number. */
export function numberOf(digits: string): bigint {
  return digits === "" ? 0n : BigInt(`0b${strong(digits)}`);
}

/** Known digits as a number in two's complement. */
export function signedOf(digits: string): bigint {
  return BigInt.asIntN(digits.length, numberOf(digits));
}

/** The one letter for digits of which some are unknown: what all are, else x. */
export function letterOf(digits: string): string {
  const letter = digits[0] ?? "x";
  return digits === letter.repeat(digits.length) ? letter : "x";
}

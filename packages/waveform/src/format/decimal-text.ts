/** `numerator / 2^bits`, exact: a binary fraction has as many decimal places as it has binary ones. */
export function binaryFraction(numerator: bigint, bits: number): string {
  return decimal(numerator * 5n ** BigInt(bits), bits);
}

/** `numerator / denominator` as a decimal number, exact; `undefined` if it does not end. */
export function endingDecimal(numerator: bigint, denominator: bigint): string | undefined {
  let places = 0;
  let rest = denominator;
  for (const factor of [10n, 5n, 2n]) for (; rest % factor === 0n; places++) rest /= factor;
  const scaled = numerator * 10n ** BigInt(places);
  return scaled % denominator === 0n ? decimal(scaled / denominator, places) : undefined;
}

/** `value / 10^places` without trailing zeros. */
function decimal(value: bigint, places: number): string {
  const digits = (value < 0n ? -value : value).toString().padStart(places + 1, "0");
  const whole = digits.slice(0, digits.length - places);
  const fraction = digits.slice(digits.length - places).replace(/0+$/, "");
  return `${value < 0n ? "-" : ""}${whole}${fraction === "" ? "" : `.${fraction}`}`;
}

import { endingDecimal } from "./decimal-text.js";
import { isKnown, signedOf } from "./digits-text.js";
import type { ValueMeaning } from "./value-meaning.js";

/** A value by its meaning: its name, or a number with a unit; `undefined` if it has neither. */
export function formatNamed(digits: string, meaning: ValueMeaning): string | undefined {
  if (meaning.kind === "names") {
    return meaning.names.find(({ value }) => sameDigits(value, digits))?.name;
  }
  if (!isKnown(digits) || meaning.kind === "integer") return undefined;
  const value = signedOf(digits);
  const size = value < 0n ? -value : value;
  // The largest unit in which it is at least 1 and has an end; 0 is in the first one.
  let best: { scale: bigint; text: string } | undefined;
  for (const { name, scale: scaleText } of meaning.units) {
    if (!/^[1-9]\d{0,30}$/.test(scaleText)) continue;
    const scale = BigInt(scaleText);
    if (best && (scale > size || scale <= best.scale)) continue;
    const text = endingDecimal(value, scale);
    if (text !== undefined) best = { scale, text: `${text} ${name}` };
  }
  return best?.text;
}

/** A name may be declared with fewer digits than the value has. */
function sameDigits(declared: string, digits: string): boolean {
  return declared.length >= digits.length
    ? declared.toLowerCase() === digits.padStart(declared.length, "0")
    : declared.toLowerCase().padStart(digits.length, "0") === digits;
}

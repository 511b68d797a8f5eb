/**
 * What the values of a variable stand for: names of an enumeration, units of a physical type of VHDL, or whole numbers in
 * two's complement.
 */
export type ValueMeaning =
  | { readonly kind: "integer" }
  | { readonly kind: "names"; readonly names: readonly NamedValue[] }
  | { readonly kind: "units"; readonly units: readonly PhysicalUnit[] };

export interface NamedValue {
  /** Digits as in a value, most significant first. */
  readonly value: string;
  readonly name: string;
}

export interface PhysicalUnit {
  readonly name: string;
  /** How many of the unit that values count, a decimal number: of `ns` in a time in femtoseconds 1000000. */
  readonly scale: string;
}

/** Names of one meaning, and UTF-16 units of them together; a larger enumeration is shown by its digits. */
export const MAX_NAMES = 1_024;
export const MAX_NAMES_TEXT = 32_768;

/** Whether a meaning is small enough to travel with each variable that has it. */
export function isSmallMeaning(meaning: ValueMeaning): boolean {
  if (meaning.kind === "integer") return true;
  const texts =
    meaning.kind === "names"
      ? meaning.names.map(({ value, name }) => value.length + name.length)
      : meaning.units.map(({ name, scale }) => name.length + scale.length);
  return texts.length <= MAX_NAMES && texts.reduce((sum, length) => sum + length, 0) <= MAX_NAMES_TEXT;
}

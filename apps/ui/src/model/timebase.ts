/**
 * One time axis for several files. A file counts time in its own ticks of 10^exponent seconds; the axis counts in the
 * finest ticks among the files in use, so that every conversion is exact.
 */

import {
  finestExponent,
  parseTime,
  pow10,
  rescale,
  tickExponent,
  type Exponent,
} from "@novywave/waveform/format";
import type { Timescale } from "@novywave/protocol";

export { pow10, rescale, type Exponent } from "@novywave/waveform/format";

const FEMTOSECOND: Exponent = -15;

/** What a file without a timescale is taken for. */
export const DEFAULT_EXPONENT: Exponent = -9;

/** The finest of the given exponents; {@link DEFAULT_EXPONENT} when there is none. */
export function finest(exponents: Iterable<Exponent>): Exponent {
  return finestExponent(exponents) ?? DEFAULT_EXPONENT;
}

/** Length of a tick; {@link DEFAULT_EXPONENT} for a file that does not say. */
export function exponentOf(timescale: Timescale | undefined): Exponent {
  return timescale ? tickExponent(timescale) : DEFAULT_EXPONENT;
}

const UNITS = [
  { exponent: 0, name: "s" },
  { exponent: -3, name: "ms" },
  { exponent: -6, name: "µs" },
  { exponent: -9, name: "ns" },
  { exponent: -12, name: "ps" },
  { exponent: -15, name: "fs" },
  { exponent: -18, name: "as" },
  { exponent: -21, name: "zs" },
] as const;

/** The SI unit that divides 10^exponent seconds into a whole number: 10 ns counts in ns. */
export function unitFor(exponent: Exponent): { readonly exponent: Exponent; readonly name: string } {
  return UNITS.find((unit) => unit.exponent <= exponent) ?? { exponent: -21, name: "zs" };
}

/** `1234567` as `1 234 567`; no grouping below five digits. */
export function groupDigits(digits: string): string {
  const sign = digits.startsWith("-") ? "-" : "";
  const body = digits.slice(sign.length);
  if (body.length < 5) return digits;
  return sign + body.replaceAll(/\B(?=(\d{3})+$)/g, "\u202f");
}

/** Exact time in one unit: `formatIn(1500n, -9, µs)` is `1.5 µs`. Digits of the whole part are grouped. */
export function formatIn(
  ticks: bigint,
  exponent: Exponent,
  unit: { exponent: Exponent; name: string },
): string {
  const shift = unit.exponent - exponent;
  if (shift <= 0) return `${groupDigits((ticks * pow10(-shift)).toString())} ${unit.name}`;
  const divisor = pow10(shift);
  const magnitude = ticks < 0n ? -ticks : ticks;
  const fraction = (magnitude % divisor).toString().padStart(shift, "0").replace(/0+$/, "");
  const whole = groupDigits((magnitude / divisor).toString());
  return `${ticks < 0n ? "-" : ""}${whole}${fraction ? `.${fraction}` : ""} ${unit.name}`;
}

/** Exact time in the largest unit of which there is at least one: `12345` ticks of 1 ns are `12.345 µs`. */
export function formatExact(ticks: bigint, exponent: Exponent): string {
  const magnitude = ticks < 0n ? -ticks : ticks;
  if (magnitude === 0n) return formatIn(0n, exponent, unitFor(exponent));
  const digits = magnitude.toString().length;
  return formatIn(ticks, exponent, unitFor(Math.min(0, exponent + digits - 1)));
}

/** Reads a time that a person typed, which must have a unit: `1.5us`, `20 ns`. In ticks of 10^`exponent` seconds. */
export function parseTicks(text: string, exponent: Exponent): bigint | undefined {
  if (!/[a-zµμ]\s*$/iu.test(text)) return undefined;
  // Read in the finest unit there is, then counted in ticks: any exponent will do.
  const femtoseconds = parseTime(text, { magnitude: 1, unit: "fs" });
  if (femtoseconds === undefined) return undefined;
  return rescale(femtoseconds, FEMTOSECOND, exponent);
}

import { numberOf } from "./digits-text.js";

/** A binary floating-point format: `fraction` stored bits after the point, `exponent` bits. */
interface FloatLayout {
  readonly exponent: number;
  readonly fraction: number;
}

/** IEEE 754-2019, table 3.5; bfloat16 is the upper half of a single. */
export const FLOATS = {
  half: { exponent: 5, fraction: 10 },
  bfloat16: { exponent: 8, fraction: 7 },
  single: { exponent: 8, fraction: 23 },
  double: { exponent: 11, fraction: 52 },
} as const satisfies Readonly<Record<string, FloatLayout>>;

export type FloatFormat = keyof typeof FLOATS;

/** Bits of a format. */
export function floatWidth(format: FloatFormat): number {
  return 1 + FLOATS[format].exponent + FLOATS[format].fraction;
}

/** The number that known digits, as many as the format has, stand for. */
export function floatOf(digits: string, format: FloatFormat): number {
  const { exponent, fraction } = FLOATS[format];
  const sign = numberOf(digits.slice(0, 1)) === 1n ? -1 : 1;
  const raised = Number(numberOf(digits.slice(1, 1 + exponent)));
  const rest = Number(numberOf(digits.slice(1 + exponent)));
  const bias = 2 ** (exponent - 1) - 1;
  if (raised === 2 ** exponent - 1) return rest === 0 ? sign * Infinity : Number.NaN;
  if (raised === 0) return sign * rest * 2 ** (1 - bias - fraction);
  // Two steps: 2^(1023 - 52) is a number, 2^1023 times a whole one may not be.
  return sign * (2 ** fraction + rest) * 2 ** (raised - bias - fraction);
}

/** The fewest decimal digits that read back as the same number of the format. `value` must be one. */
export function shortestFloat(value: number, format: FloatFormat): number {
  if (format === "double" || value === 0 || !Number.isFinite(value)) return value;
  for (let digits = 1; digits < 17; digits++) {
    const short = Number(value.toPrecision(digits));
    if (rounded(short, FLOATS[format]) === value) return short;
  }
  return value;
}

/** The number of a format that is nearest, the even one of two. */
function rounded(value: number, { exponent, fraction }: FloatLayout): number {
  if (value === 0 || !Number.isFinite(value)) return value;
  const bias = 2 ** (exponent - 1) - 1;
  const size = Math.abs(value);
  let power = Math.floor(Math.log2(size));
  // The logarithm is rounded; close to a power of two it may be one off.
  if (2 ** power > size) power--;
  else if (2 ** (power + 1) <= size) power++;
  const unit = 2 ** (Math.max(power, 1 - bias) - fraction);
  const units = size / unit;
  let whole = Math.floor(units);
  const left = units - whole;
  if (left > 0.5 || (left === 0.5 && whole % 2 === 1)) whole++;
  const nearest = whole * unit;
  return Math.sign(value) * (nearest >= 2 ** (bias + 1) ? Infinity : nearest);
}

import { assertNever } from "@novywave/base";
import { binaryFraction } from "./decimal-text.js";
import { isKnown, letterOf, numberOf, signedOf, strong } from "./digits-text.js";
import { floatOf, floatWidth, shortestFloat, type FloatFormat } from "./float-bits.js";
import { formatNamed } from "./format-named.js";
import { digitsOf, type PackedValue } from "./packed-value.js";
import type { ValueMeaning } from "./value-meaning.js";

/**
 * Ways to write a value. `named`: by its meaning, a name of an enumeration or a number with a unit. `vhdl`: the nine
 * states in VHDL's letters. `fixed:N`, `ufixed:N`: signed and unsigned fixed point, with N bits after the point.
 */
export type ValueFormat =
  | "hex"
  | "bin"
  | "oct"
  | "dec-unsigned"
  | "dec-signed"
  | "ascii"
  | "vhdl"
  | "named"
  | FloatFormat
  | FixedFormat
  | "real";

export type FixedFormat = `fixed:${number}` | `ufixed:${number}`;

/** Most bits after the point. */
export const MAX_FRACTION = 4_096;

/** The formats that make sense for a kind of signal, the usual one first. Empty where a value has only one look. */
export function availableFormats(
  kind: "bits" | "real" | "string" | "event",
  width: number,
  meaning?: ValueMeaning,
): readonly ValueFormat[] {
  switch (kind) {
    case "bits": {
      const named: ValueFormat[] = meaning && meaning.kind !== "integer" ? ["named"] : [];
      const signedFirst: ValueFormat[] = meaning?.kind === "integer" ? ["dec-signed"] : [];
      if (width === 1) return [...named, "bin", "hex", "oct", "dec-unsigned", "dec-signed", "vhdl"];
      const floats = floatFormats.filter((format) => floatWidth(format) === width);
      return [
        ...named,
        ...signedFirst,
        "hex",
        "bin",
        "oct",
        "dec-unsigned",
        ...(signedFirst.length > 0 ? [] : (["dec-signed"] as const)),
        "ascii",
        "vhdl",
        ...floats,
        ...fixedFormats(width),
      ];
    }
    case "real":
      return ["real"];
    case "string":
    case "event":
      return [];
    default:
      return assertNever(kind);
  }
}

const floatFormats: readonly FloatFormat[] = ["half", "bfloat16", "single", "double"];

/** The usual places of the point: in the middle, and before all bits but the sign. Any other can be named. */
function fixedFormats(width: number): FixedFormat[] {
  const middle = Math.floor(width / 2);
  const most = Math.min(width, MAX_FRACTION);
  const signed = [...new Set([middle, Math.min(width - 1, MAX_FRACTION)])];
  const unsigned = [...new Set([middle, most])];
  return [
    ...signed.map((bits): FixedFormat => `fixed:${bits}`),
    ...unsigned.map((bits): FixedFormat => `ufixed:${bits}`),
  ];
}

/** The parts of a fixed-point format; `undefined` for every other text. */
export function parseFixed(
  format: string,
): { readonly signed: boolean; readonly fraction: number } | undefined {
  const match = /^(u?)fixed:(\d{1,4})$/.exec(format);
  const fraction = Number(match?.[2] ?? Number.NaN);
  return match === null || fraction > MAX_FRACTION ? undefined : { signed: match[1] === "", fraction };
}

/**
 * Writes a value, exact at any width. `value` is packed, or digits as text, most significant first. Unknown digits the
 * way GTKWave shows them: a hexadecimal or octal digit is x if one of its bits is x, z if all are z, x if some are; a
 * decimal number, a character or a real with x in it is x, with z only z. A value without a name, and a float of another
 * width than the format has, is written as hex.
 */
export function formatValue(
  value: PackedValue | string,
  format: ValueFormat,
  meaning?: ValueMeaning,
): string {
  if (typeof value === "string") return formatDigits(value, format, meaning);
  switch (value.kind) {
    case "bits":
      return formatDigits(digitsOf(value), format, meaning);
    case "real":
      return formatReal(value.value);
    case "string":
      return value.text;
    case "event":
      return "event";
    default:
      return assertNever(value);
  }
}

/** A real number in the fewest digits that read back as the same number. */
export function formatReal(value: number): string {
  if (Object.is(value, -0)) return "-0";
  return Number.isNaN(value)
    ? "NaN"
    : value === Infinity
      ? "+Inf"
      : value === -Infinity
        ? "-Inf"
        : String(value);
}

function formatDigits(digits: string, format: ValueFormat, meaning: ValueMeaning | undefined): string {
  const text = digits.toLowerCase();
  switch (format) {
    case "bin":
      return text;
    case "vhdl":
      return text.toUpperCase();
    case "hex":
      return grouped(text, 4);
    case "oct":
      return grouped(text, 3);
    case "dec-unsigned":
      return unknown(text) ?? numberOf(text).toString();
    case "dec-signed":
      return unknown(text) ?? signedOf(text).toString();
    case "ascii":
      return ascii(text);
    case "named":
      return (meaning && formatNamed(text, meaning)) ?? (text.length === 1 ? text : grouped(text, 4));
    case "half":
    case "bfloat16":
    case "single":
    case "double":
      return float(text, format);
    case "real":
      return text.length === 32 ? float(text, "single") : float(text, "double");
    default:
      return fixed(text, format);
  }
}

/** What stands for a whole value with unknown digits; `undefined` if all are known. */
function unknown(digits: string): string | undefined {
  return isKnown(digits) ? undefined : letterOf(digits);
}

function grouped(digits: string, size: number): string {
  let text = "";
  const lead = digits.length % size;
  for (let from = lead === 0 ? 0 : lead - size; from < digits.length; from += size) {
    const group = digits.slice(Math.max(0, from), from + size);
    text += isKnown(group) ? Number.parseInt(strong(group), 2).toString(16) : letterOf(group);
  }
  return text;
}

function ascii(digits: string): string {
  let text = "";
  const lead = digits.length % 8;
  for (let from = lead === 0 ? 0 : lead - 8; from < digits.length; from += 8) {
    const group = digits.slice(Math.max(0, from), from + 8);
    if (!isKnown(group)) {
      text += letterOf(group);
      continue;
    }
    const code = Number.parseInt(strong(group), 2);
    // Leading zero bytes are padding; other unprintable ones must not vanish.
    if (code === 0 && text === "") continue;
    text += code >= 32 && code < 127 ? String.fromCharCode(code) : ".";
  }
  return text;
}

function float(digits: string, format: FloatFormat): string {
  if (digits.length !== floatWidth(format)) return grouped(digits, 4);
  return unknown(digits) ?? formatReal(shortestFloat(floatOf(digits, format), format));
}

function fixed(digits: string, format: FixedFormat): string {
  const parts = parseFixed(format);
  if (parts === undefined) return grouped(digits, 4);
  const value = unknown(digits) ?? (parts.signed ? signedOf(digits) : numberOf(digits));
  return typeof value === "string" ? value : binaryFraction(value, parts.fraction);
}

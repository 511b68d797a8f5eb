import { assertNever } from "@novywave/base";
import { digitsOf, type PackedValue } from "./packed-value.js";

/** Ways to write a value. */
export type ValueFormat = "hex" | "bin" | "oct" | "dec-unsigned" | "dec-signed" | "ascii" | "real";

/** The formats that make sense for a kind of signal, the usual one first. Empty where a value has only one look. */
export function availableFormats(
  kind: "bits" | "real" | "string" | "event",
  width: number,
): readonly ValueFormat[] {
  switch (kind) {
    case "bits": {
      if (width === 1) return ["bin", "hex", "oct", "dec-unsigned", "dec-signed"];
      const formats: ValueFormat[] = ["hex", "bin", "oct", "dec-unsigned", "dec-signed", "ascii"];
      return width === 32 || width === 64 ? [...formats, "real"] : formats;
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

/**
 * Writes a value, exact at any width. `value` is packed, or digits as text, most significant first. Unknown digits the
 * way GTKWave shows them: a hexadecimal or octal digit is x if one of its bits is x, z if all are z, x if some are; a
 * decimal number, a character or a real with x in it is x, with z only z.
 */
export function formatValue(value: PackedValue | string, format: ValueFormat): string {
  if (typeof value === "string") return formatDigits(value, format);
  switch (value.kind) {
    case "bits":
      return formatDigits(digitsOf(value), format);
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

function formatDigits(digits: string, format: ValueFormat): string {
  const text = digits.toLowerCase();
  switch (format) {
    case "bin":
      return text;
    case "hex":
      return grouped(text, 4);
    case "oct":
      return grouped(text, 3);
    case "dec-unsigned":
      return unknown(text) ?? number(text).toString();
    case "dec-signed":
      return unknown(text) ?? BigInt.asIntN(text.length, number(text)).toString();
    case "ascii":
      return ascii(text);
    case "real":
      return unknown(text) ?? bitsAsReal(text);
    default:
      return assertNever(format);
  }
}

/** h and l are weak 1 and 0. */
function number(digits: string): bigint {
  return digits === "" ? 0n : BigInt(`0b${strong(digits)}`);
}

function strong(digits: string): string {
  return digits.replaceAll("h", "1").replaceAll("l", "0");
}

/** What stands for a whole value with unknown digits; `undefined` if all are known. */
function unknown(digits: string): string | undefined {
  if (/^[01hl]*$/.test(digits)) return undefined;
  return letterOf(digits);
}

/** The one letter for digits of which some are unknown: what all are, else x; u and - keep their letter. */
function letterOf(digits: string): string {
  const letter = digits[0] ?? "x";
  return digits === letter.repeat(digits.length) ? letter : "x";
}

function grouped(digits: string, size: number): string {
  let text = "";
  const lead = digits.length % size;
  for (let from = lead === 0 ? 0 : lead - size; from < digits.length; from += size) {
    const group = digits.slice(Math.max(0, from), from + size);
    text += /^[01hl]+$/.test(group) ? Number.parseInt(strong(group), 2).toString(16) : letterOf(group);
  }
  return text;
}

function ascii(digits: string): string {
  let text = "";
  const lead = digits.length % 8;
  for (let from = lead === 0 ? 0 : lead - 8; from < digits.length; from += 8) {
    const group = digits.slice(Math.max(0, from), from + 8);
    if (!/^[01hl]+$/.test(group)) {
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

function bitsAsReal(digits: string): string {
  const view = new DataView(new ArrayBuffer(8));
  if (digits.length === 32) {
    view.setUint32(0, Number(number(digits)));
    return formatReal(view.getFloat32(0));
  }
  if (digits.length === 64) {
    view.setBigUint64(0, number(digits));
    return formatReal(view.getFloat64(0));
  }
  return number(digits).toString();
}

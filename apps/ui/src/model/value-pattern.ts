import type { ValueFormat, VariableInfo } from "@novywave/protocol";

const BITS_PER_DIGIT: Readonly<Record<string, number>> = { "0x": 4, "0o": 3, "0b": 1 };

/**
 * What `value.find` looks for when a person types `text` for a row that is shown in `format`: digits, most significant
 * first, of bits; the text itself of what is not bits. `undefined` if no value of the variable reads so. Any row takes
 * `0x`, `0o` and `0b`; `x`, `z` and `?`, which stands for any digit, are digits too, and `_` may stand between digits.
 */
export function valuePattern(text: string, format: ValueFormat, info: VariableInfo): string | undefined {
  const typed = text.trim();
  if (typed === "" || info.kind === "event") return undefined;
  if (info.kind === "string") return typed;
  if (info.kind === "real") return Number.isNaN(Number(typed)) ? undefined : typed;
  const digits = typed.replaceAll("_", "").toLowerCase();
  const prefixed = BITS_PER_DIGIT[digits.slice(0, 2)];
  if (prefixed !== undefined) return fitted(expanded(digits.slice(2), prefixed), info.width);
  switch (format) {
    case "unsigned":
    case "signed":
    case "analog":
      return ofNumber(digits, info.width) ?? undecided(digits, info.width);
    case "ascii":
      return fitted(ofText(typed), info.width);
    case "named":
      return ofName(typed, info) ?? fitted(expanded(digits, 4), info.width);
    case "oct":
      return fitted(expanded(digits, 3), info.width);
    case "bin":
    case "vhdl":
      return fitted(expanded(digits, 1), info.width);
    default:
      return fitted(expanded(digits, 4), info.width);
  }
}

/** Each digit as `bits` digits of base two. */
function expanded(text: string, bits: number): string | undefined {
  let pattern = "";
  for (const digit of text) {
    const number = /[0-9a-f]/.test(digit) ? Number.parseInt(digit, 16) : Number.NaN;
    if (number < 2 ** bits) pattern += number.toString(2).padStart(bits, "0");
    else if (/[xz?]/.test(digit) || (bits === 1 && /[uwlh-]/.test(digit))) pattern += digit.repeat(bits);
    else return undefined;
  }
  return pattern === "" ? undefined : pattern;
}

/** Cut to `width`, where what is cut off tells nothing: zeros, or more of what comes next. */
function fitted(pattern: string | undefined, width: number): string | undefined {
  if (pattern === undefined || pattern.length <= width) return pattern;
  const rest = pattern.slice(-width);
  const filler = /^[xz?]/.exec(rest)?.[0] ?? "0";
  const cut = pattern.slice(0, -width).replaceAll(filler, "0");
  return /^0*$/.test(cut) ? rest : undefined;
}

function ofNumber(text: string, width: number): string | undefined {
  if (!/^-?\d+$/.test(text)) return undefined;
  const number = BigInt(text);
  const values = 1n << BigInt(width);
  if (number >= values || number < -values / 2n) return undefined;
  return BigInt.asUintN(width, number).toString(2).padStart(width, "0");
}

/** A decimal row shows a value with unknown digits as one `x` or `z`. */
function undecided(text: string, width: number): string | undefined {
  return text === "x" || text === "z" ? text.repeat(width) : undefined;
}

function ofText(text: string): string | undefined {
  let pattern = "";
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (code > 0xff) return undefined;
    pattern += code.toString(2).padStart(8, "0");
  }
  return pattern;
}

function ofName(name: string, info: VariableInfo): string | undefined {
  if (info.meaning?.kind !== "names") return undefined;
  return info.meaning.names.find((known) => known.name.toLowerCase() === name.toLowerCase())?.value;
}

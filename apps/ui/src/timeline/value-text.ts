import type { ValueFormat, VariableInfo } from "@novywave/protocol";
import { formatReal, formatValue, type ValueFormat as DigitFormat } from "@novywave/waveform/format";

const DIGIT_FORMAT: Readonly<Record<ValueFormat, DigitFormat>> = {
  hex: "hex",
  bin: "bin",
  unsigned: "dec-unsigned",
  signed: "dec-signed",
  oct: "oct",
  ascii: "ascii",
  real: "real",
  // A curve's value is read as a number.
  analog: "dec-unsigned",
  string: "hex",
};

/** Text of a value as the server gives it: bits as digits, most significant first; reals as numbers; text as it is. */
export function valueText(
  value: string | number,
  format: ValueFormat,
  info: VariableInfo | undefined,
): string {
  if (typeof value === "number") return formatReal(value);
  return info?.kind === "bits" ? formatValue(value, DIGIT_FORMAT[format]) : value;
}

import type { ValueFormat, VariableInfo } from "@novywave/protocol";
import { formatReal, formatValue, type ValueFormat as DigitFormat } from "@novywave/waveform/format";

/** How the digits of a value are written in a format. */
function digitFormat(format: ValueFormat): DigitFormat {
  switch (format) {
    case "unsigned":
    // A curve's value is read as a number.
    case "analog":
      return "dec-unsigned";
    case "signed":
      return "dec-signed";
    case "string":
      return "hex";
    default:
      return format;
  }
}

/** Text of a value as the server gives it: bits as digits, most significant first; reals as numbers; text as it is. */
export function valueText(
  value: string | number,
  format: ValueFormat,
  info: VariableInfo | undefined,
): string {
  if (typeof value === "number") return formatReal(value);
  return info?.kind === "bits" ? formatValue(value, digitFormat(format), info.meaning) : value;
}

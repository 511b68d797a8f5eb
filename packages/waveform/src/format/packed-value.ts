import { assertNever } from "@novywave/base";

/**
 * A value as it travels. Bits: the least significant digit first, `8 / bits per digit` digits a byte (two states 1 bit,
 * four states 2, nine states 4; codes are positions in "01xzuwlh-"). Past the bytes that are there the top digit of the
 * last byte goes on if it is neither 0 nor 1, else 0 does.
 */
export type PackedValue =
  | { readonly kind: "bits"; readonly states: 2 | 4 | 9; readonly width: number; readonly bytes: Uint8Array }
  | { readonly kind: "real"; readonly value: number }
  | { readonly kind: "string"; readonly text: string }
  | { readonly kind: "event" };

const DIGITS = "01xzuwlh-";

/** The digits of packed bits as text, most significant first, `width` of them. */
export function digitsOf(value: { states: 2 | 4 | 9; width: number; bytes: Uint8Array }): string {
  const { states, width, bytes } = value;
  const bits = states === 2 ? 1 : states === 4 ? 2 : 4;
  const perByte = 8 / bits;
  const mask = (1 << bits) - 1;
  const stored = Math.min(width, bytes.length * perByte);
  const top = bytes.length === 0 ? 0 : ((bytes[bytes.length - 1] ?? 0) >>> (8 - bits)) & mask;
  const digits: string[] = [];
  for (let i = stored - 1; i >= 0; i--) {
    digits.push(DIGITS[((bytes[Math.floor(i / perByte)] ?? 0) >>> ((i % perByte) * bits)) & mask] ?? "x");
  }
  return (DIGITS[top >= 2 ? top : 0] ?? "x").repeat(width - stored) + digits.join("");
}

/** The value that a stored form and its bytes stand for. */
export function packedValue(
  kind: "bits" | "real" | "string" | "event",
  width: number,
  form: number,
  bytes: Uint8Array,
): PackedValue {
  switch (kind) {
    case "bits":
      return { kind, states: form === 0 ? 2 : form === 1 ? 4 : 9, width, bytes };
    case "real":
      return { kind, value: new DataView(bytes.buffer, bytes.byteOffset, 8).getFloat64(0, true) };
    case "string":
      return { kind, text: new TextDecoder().decode(bytes) };
    case "event":
      return { kind };
    default:
      return assertNever(kind);
  }
}

/** Name of the custom section that holds the text of `Plugin.toml`. */
export const manifestSection = "novywave:manifest";

/**
 * A component with one custom section more at its end. Layout (component model, Binary.md): id 0, size of what
 * follows as unsigned LEB128, length of the name, the name, the bytes.
 */
export function appendCustomSection(component: Uint8Array, name: string, content: Uint8Array): Uint8Array {
  const nameBytes = byteString(name);
  const size = unsignedLeb128(nameBytes.length + content.length);
  const parts = [component, Uint8Array.of(0), size, nameBytes, content];
  const result = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    result.set(part, offset);
    offset += part.length;
  }
  return result;
}

/** A text as the binary format has it: length in bytes, then UTF-8. */
export function byteString(text: string): Uint8Array {
  const bytes = new TextEncoder().encode(text);
  return Uint8Array.of(...unsignedLeb128(bytes.length), ...bytes);
}

export function unsignedLeb128(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  do {
    const low = rest % 128;
    rest = Math.floor(rest / 128);
    bytes.push(rest > 0 ? low | 0x80 : low);
  } while (rest > 0);
  return Uint8Array.from(bytes);
}

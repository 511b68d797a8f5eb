const decoders: Record<string, TextDecoder> = {};

/** A text that has to be valid, with whatever it begins. Decoders are made when they are first needed: many threads need none. */
export function decodeText(bytes: Uint8Array, encoding = "utf-8"): string {
  decoders[encoding] ??= new TextDecoder(encoding, { fatal: true, ignoreBOM: true });
  return decoders[encoding].decode(bytes);
}

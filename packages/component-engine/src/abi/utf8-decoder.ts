let decoder: TextDecoder | undefined;

/** Of texts that have to be valid, with whatever they begin. Made when it is first needed: many threads never do. */
export function decodeUtf8(bytes: Uint8Array): string {
  decoder ??= new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  return decoder.decode(bytes);
}

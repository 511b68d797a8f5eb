/** Of texts that have to be valid, with whatever they begin. */
export const utf8Decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

import { gunzipSync, inflateSync } from "node:zlib";

/** Nothing that deflate packs grows to more than this many times its packed size (RFC 1951), wrapper aside. */
export const DEFLATE_MAX_RATIO = 1_032;

/** Unpacks zlib data (RFC 1950); `undefined` if it is damaged or does not unpack to exactly `size` bytes. */
export function unpackZlib(packed: Uint8Array, size: number): Uint8Array | undefined {
  return unpack(inflateSync, packed, size);
}

/** Unpacks gzip data (RFC 1952) in the same way. */
export function unpackGzip(packed: Uint8Array, size: number): Uint8Array | undefined {
  return unpack(gunzipSync, packed, size);
}

function unpack(inflate: typeof inflateSync, packed: Uint8Array, size: number): Uint8Array | undefined {
  if (size > packed.length * DEFLATE_MAX_RATIO) return undefined;
  try {
    const bytes = inflate(packed, { maxOutputLength: Math.max(1, size) });
    return bytes.length === size ? bytes : undefined;
  } catch (error) {
    // What zlib says of damaged data, or of more data than was announced, has a code.
    if (error instanceof Error && "code" in error) return undefined;
    throw error;
  }
}

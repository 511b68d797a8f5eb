/** Where a reader takes its bytes from, in order. */
export interface ByteSource {
  readonly size: number;
  /** Fills `target` from `offset` with at most `length` bytes and returns how many; 0 at the end. */
  read(target: Uint8Array, offset: number, length: number): number;
  /** The line (from 1) in which a byte lies, by reading from the start; for error messages. */
  lineOf(byte: number): number | undefined;
}

/** Bytes in memory, handed out in pieces of at most `chunk`. */
export function bytesSource(bytes: Uint8Array, chunk = Number.MAX_SAFE_INTEGER): ByteSource {
  let at = 0;
  return {
    size: bytes.length,
    read(target, offset, length) {
      const count = Math.min(length, chunk, bytes.length - at);
      target.set(bytes.subarray(at, at + count), offset);
      at += count;
      return count;
    },
    lineOf(byte) {
      let line = 1;
      for (let i = 0; i < byte && i < bytes.length; i++) if (bytes[i] === 10) line++;
      return line;
    },
  };
}

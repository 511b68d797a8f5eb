/** Bytes that can be read anywhere, for formats that say where to look. */
export interface RandomSource {
  readonly size: number;
  /** The bytes from `position` on, `length` of them or as many as there are. Valid until the source is closed. */
  bytesAt(position: number, length: number): Uint8Array;
  /** The file has been touched since it was opened: what was read may stand there no more. */
  readonly touched: boolean;
}

/** Bytes in memory. */
export function bytesAnywhere(bytes: Uint8Array): RandomSource {
  return {
    size: bytes.length,
    touched: false,
    bytesAt: (position, length) => bytes.subarray(position, position + length),
  };
}

import { err, ok, type Result } from "@novywave/base";

/** "NW" and a version, read as a little-endian word. */
export const BINARY_MAGIC = 0x4e57_0001;

/** Bytes before the payload: magic and request id. A multiple of 8, so that 64-bit views of the payload are aligned. */
export const BINARY_HEADER_BYTES = 8;

export interface BinaryFrame {
  readonly id: number;
  /** A copy-free view; its offset in the buffer is a multiple of 8. */
  readonly payload: Uint8Array<ArrayBuffer>;
}

/** The header that goes before the payload of the answer to request `id`; sent as two fragments it saves a copy. */
export function binaryHeader(id: number): Uint8Array<ArrayBuffer> {
  const header = new Uint8Array(BINARY_HEADER_BYTES);
  const view = new DataView(header.buffer);
  view.setUint32(0, BINARY_MAGIC, true);
  view.setUint32(4, id, true);
  return header;
}

/** Header and payload in one buffer. */
export function encodeBinaryFrame(
  id: number,
  payload: ArrayBuffer | Uint8Array<ArrayBuffer>,
): Uint8Array<ArrayBuffer> {
  const bytes = payload instanceof Uint8Array ? payload : new Uint8Array(payload);
  const frame = new Uint8Array(BINARY_HEADER_BYTES + bytes.byteLength);
  frame.set(binaryHeader(id), 0);
  frame.set(bytes, BINARY_HEADER_BYTES);
  return frame;
}

/** Takes a frame apart. `frame` must be a whole buffer, as WebSocket delivers it. */
export function decodeBinaryFrame(frame: ArrayBuffer): Result<BinaryFrame, string> {
  if (frame.byteLength < BINARY_HEADER_BYTES) {
    return err(`binary frame of ${frame.byteLength} bytes is shorter than its header`);
  }
  const view = new DataView(frame);
  const magic = view.getUint32(0, true);
  if (magic !== BINARY_MAGIC)
    return err(`binary frame starts with 0x${magic.toString(16)}, not with the magic`);
  return ok({ id: view.getUint32(4, true), payload: new Uint8Array(frame, BINARY_HEADER_BYTES) });
}

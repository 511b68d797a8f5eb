import * as fc from "fast-check";
import { expect, test } from "vitest";
import { BINARY_HEADER_BYTES, binaryHeader, decodeBinaryFrame, encodeBinaryFrame } from "./binary-frame.js";

test("a frame carries its request id and payload", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 0xffff_ffff }), fc.uint8Array(), (id, payload) => {
      const frame = encodeBinaryFrame(id, new Uint8Array(payload));
      const decoded = decodeBinaryFrame(frame.buffer);
      expect(decoded.ok && decoded.value.id).toBe(id);
      expect(decoded.ok && [...decoded.value.payload]).toEqual([...payload]);
    }),
  );
});

test("the payload is aligned for 64-bit views", () => {
  const frame = encodeBinaryFrame(1, new Float64Array([1.5, -2]).buffer);
  const decoded = decodeBinaryFrame(frame.buffer);
  expect(decoded.ok && decoded.value.payload.byteOffset % 8).toBe(0);
  expect(decoded.ok && [...new Float64Array(decoded.value.payload.buffer, BINARY_HEADER_BYTES)]).toEqual([
    1.5, -2,
  ]);
});

test("header and payload may be sent as two fragments", () => {
  expect([...encodeBinaryFrame(9, new ArrayBuffer(0))]).toEqual([...binaryHeader(9)]);
});

test("what is too short or starts otherwise is refused", () => {
  expect(decodeBinaryFrame(new ArrayBuffer(7)).ok).toBe(false);
  expect(decodeBinaryFrame(new ArrayBuffer(16)).ok).toBe(false);
});

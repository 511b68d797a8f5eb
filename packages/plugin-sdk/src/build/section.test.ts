import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { appendCustomSection } from "./section.js";

/** Reads an unsigned LEB128 at `at`: the value, and where it ends. */
function readLeb(bytes: Uint8Array, at: number): { value: number; end: number } {
  let value = 0;
  for (let index = 0; ; index++) {
    const byte = bytes[at + index] ?? 0;
    value += (byte % 128) * 128 ** index;
    if (byte < 128) return { value, end: at + index + 1 };
  }
}

describe("appendCustomSection", () => {
  it("writes id, size, name and content as the binary format has them, at every length", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 40_000 }),
        fc.string({ unit: "grapheme", maxLength: 200 }),
        (size, name) => {
          const before = Uint8Array.of(0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0);
          const content = new Uint8Array(size).fill(7);
          const bytes = appendCustomSection(before, name, content);
          expect(bytes.subarray(0, 8)).toEqual(before);
          expect(bytes[8]).toBe(0);
          const section = readLeb(bytes, 9);
          expect(section.end + section.value).toBe(bytes.length);
          const length = readLeb(bytes, section.end);
          const nameEnd = length.end + length.value;
          expect(new TextDecoder().decode(bytes.subarray(length.end, nameEnd))).toBe(name);
          expect(bytes.subarray(nameEnd)).toEqual(content);
        },
      ),
      { numRuns: 50 },
    );
  });
});

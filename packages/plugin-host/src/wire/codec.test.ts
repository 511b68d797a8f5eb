import * as fc from "fast-check";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { Utf8Text } from "@novywave/component-engine";
import { CodecError, codecLimits, decode, encode } from "./codec.js";

const wire = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.constantFrom(undefined, null, true, false),
    fc.integer(),
    fc.double(),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }),
    fc.string({ unit: "grapheme" }),
    fc.uint8Array(),
    fc.array(tie("value")),
    fc.dictionary(
      fc.string().filter((key) => key !== "__proto__"),
      tie("value"),
      { noNullPrototype: true },
    ),
  ),
})).value;

const bytes = (...values: readonly number[]): Uint8Array => Uint8Array.from(values);

describe("the codec", () => {
  it("reads what was written", () => {
    fc.assert(
      fc.property(wire, fc.nat(20), (value, reserve) => {
        expect(decode(encode(value, reserve).subarray(reserve))).toEqual(value);
      }),
      { numRuns: 1_000 },
    );
  });

  it("keeps numbers exactly, at every border", () => {
    const numbers = [
      0,
      -0,
      1,
      -1,
      2 ** 31,
      -(2 ** 31),
      2 ** 31 - 1,
      2 ** 53,
      NaN,
      Infinity,
      -Infinity,
      5e-324,
    ];
    for (const number of numbers) expect(decode(encode(number))).toBe(number);
    for (const big of [0n, 2n ** 64n - 1n, -(2n ** 63n), -1n]) expect(decode(encode(big))).toBe(big);
  });

  it("reads a text that was passed on as bytes as the text that it is", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 60 }), fc.nat(3), (part, times) => {
        const text = part.repeat(10 ** times);
        const passed = decode(encode({ key: text }), { utf8From: 16 }) as { readonly key: unknown };
        expect(passed.key instanceof Utf8Text).toBe(Buffer.byteLength(text) >= 16);
        expect(String(passed.key)).toBe(text);
        expect(decode(encode(passed))).toEqual({ key: text });
      }),
    );
  });

  it("keeps the longest texts, ASCII or not, in memory that is given or its own", () => {
    const texts = ["a".repeat(50_000), `${"a".repeat(49_999)}é`, "\ud800".repeat(5_000), "𝕊".repeat(20_000)];
    for (const text of texts) {
      for (const memory of [undefined, new ArrayBuffer(20_000), new ArrayBuffer(200_000)]) {
        expect(decode(encode([1, text, 2], 9, memory).subarray(9))).toEqual([
          1,
          Buffer.from(text).toString(),
          2,
        ]);
      }
    }
  });

  it("a value that is written while another one is does not disturb it", () => {
    const outer = {
      before: 1,
      get inner() {
        return encode({ within: "inside" }).length;
      },
      after: 2,
    };
    const inner = encode({ within: "inside" }).length;
    expect(decode(encode(outer))).toEqual({ before: 1, inner, after: 2 });
  });

  it("refuses to write what does not travel", () => {
    for (const wide of [2n ** 64n, -(2n ** 63n) - 1n]) expect(() => encode(wide)).toThrow(CodecError);
    for (const value of [() => 1, Symbol("s")]) expect(() => encode(value)).toThrow(CodecError);
    let deep: unknown = 1;
    for (let depth = 0; depth < 100; depth++) deep = [deep];
    expect(() => encode(deep)).toThrow("nested too deeply");
  });

  it.each([
    ["nothing", bytes(), "end inside"],
    ["an unknown tag", bytes(99), "tag 99"],
    ["a text that is longer than its bytes", bytes(8, 200, 1, 65), "end inside"],
    ["a list that is longer than its bytes", bytes(9, 255, 255, 255, 255, 15), "longer than its bytes"],
    ["a number without an end", bytes(4, 255, 255, 255, 255, 255, 255, 255, 1), "too long"],
    ["a key that refers to none", bytes(10, 1, 127, 0), "refers to none"],
    ["a key to the prototype", bytes(10, 1, 0, 9, ...Buffer.from("__proto__"), 1), "prototype"],
    ["something after the value", bytes(1, 1), "left after"],
    ["lists in lists without end", Uint8Array.from({ length: 400 }, (_, n) => (n % 2 ? 1 : 9)), "nested"],
    ["bytes that are not there", bytes(11, 255, 255, 3), "end inside"],
  ])("refuses %s", (_, hostile, why) => {
    expect(() => decode(hostile)).toThrow(why);
    expect(() => decode(hostile)).toThrow(CodecError);
  });

  it("refuses more elements than allowed, before it makes them", () => {
    const count = codecLimits.maxElements + 1;
    const list = Buffer.concat([
      bytes(
        9,
        (count & 0x7f) | 0x80,
        ((count >> 7) & 0x7f) | 0x80,
        ((count >> 14) & 0x7f) | 0x80,
        count >> 21,
      ),
      Buffer.alloc(count),
    ]);
    expect(() => decode(list)).toThrow("too many elements");
  });

  it("refuses a text that is longer than any", () => {
    const length = 2 ** 29;
    const text = new Uint8Array(length + 6);
    // Zeroes that nobody reads: the tag of a text and its length before them.
    text.set([8, 0x80, 0x80, 0x80, 0x80, length / 2 ** 28]);
    expect(() => decode(text)).toThrow(CodecError);
  });

  it("refuses bytes for which there is no memory", () => {
    const written = encode(new Uint8Array(5));
    class NoMemory extends Uint8Array {
      constructor() {
        super(0);
        throw new RangeError("Array buffer allocation failed");
      }
    }
    vi.stubGlobal("Uint8Array", NoMemory);
    onTestFinished(() => void vi.unstubAllGlobals());
    expect(() => decode(written)).toThrow(CodecError);
  });

  it("answers with a value or a CodecError, whatever the bytes are", () => {
    const mutated = fc
      .tuple(wire, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 8 }))
      .map(([value, changes]) => {
        const written = Uint8Array.from(encode(value));
        for (const [at, byte] of changes) written[at % written.length] = byte;
        return written;
      });
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), mutated), (hostile) => {
        try {
          decode(hostile);
        } catch (error) {
          expect(error).toBeInstanceOf(CodecError);
        }
      }),
      { numRuns: 3_000 },
    );
  });
});

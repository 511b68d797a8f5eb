import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BitPacker } from "../store/packed-bits.js";
import { formatTime, parseTime } from "./format-time.js";
import { availableFormats, formatValue } from "./format-value.js";
import { digitsOf, packedValue } from "./packed-value.js";

describe("formatValue", () => {
  it.each([
    ["1010", "hex", "a"],
    ["11010", "hex", "1a"],
    ["11010", "oct", "32"],
    ["11010", "bin", "11010"],
    ["11010", "dec-unsigned", "26"],
    ["11010", "dec-signed", "-6"],
    ["01000001", "ascii", "A"],
    ["0000000001000001", "ascii", "A"],
    ["0100000100000000", "ascii", "A."],
    ["xxxx1010", "hex", "xa"],
    ["x0001010", "hex", "xa"],
    ["zzzz1010", "hex", "za"],
    ["zz111010", "hex", "xa"],
    ["zx111010", "hex", "xa"],
    ["x0001010", "dec-unsigned", "x"],
    ["zzzzzzzz", "dec-signed", "z"],
    ["zzzzzzz1", "dec-signed", "x"],
    ["xxxxxxxx01000001", "ascii", "xA"],
    ["uuuuuuuu", "hex", "uu"],
    ["hhll", "hex", "c"],
    ["w", "dec-unsigned", "w"],
    ["00111111100000000000000000000000", "real", "1"],
    ["0011111111100000000000000000000000000000000000000000000000000000", "real", "0.5"],
  ] as const)("%s as %s is %s", (digits, format, text) => {
    expect(formatValue(digits, format)).toBe(text);
  });

  it("is exact at any width", () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: 2n ** 300n }),
        fc.integer({ min: 301, max: 310 }),
        (value, width) => {
          const digits = value.toString(2).padStart(width, "0");
          expect(BigInt(`0x${formatValue(digits, "hex")}`)).toBe(value);
          expect(BigInt(`0o${formatValue(digits, "oct")}`)).toBe(value);
          expect(formatValue(digits, "dec-unsigned")).toBe(value.toString());
          expect(formatValue(digits, "dec-signed")).toBe(value.toString());
        },
      ),
    );
  });

  it("takes packed values", () => {
    expect(
      formatValue(packedValue("real", 1, 0, new Uint8Array(new Float64Array([-0]).buffer)), "real"),
    ).toBe("-0");
    expect(formatValue({ kind: "string", text: "idle" }, "hex")).toBe("idle");
    expect(
      formatValue({ kind: "bits", states: 4, width: 6, bytes: Uint8Array.of(0b10_10_10_01) }, "bin"),
    ).toBe("xxxxx1");
  });

  it("offers what makes sense for the kind", () => {
    expect(availableFormats("bits", 8)[0]).toBe("hex");
    expect(availableFormats("bits", 32)).toContain("single");
    expect(availableFormats("real", 1)).toEqual(["real"]);
    expect(availableFormats("string", 1)).toEqual([]);
  });
});

describe("packed digits", () => {
  it("give back, at any width, the digits that were packed, in one canonical form", () => {
    const digits = fc.array(fc.constantFrom(..."01xzuwlh-".split("")), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(digits, fc.integer({ min: 1, max: 50 }), (list, width) => {
        const text = list.join("").slice(-width);
        const full = text.padStart(width, text.startsWith("x") ? "x" : text.startsWith("z") ? "z" : "0");
        const pack = (written: string): { form: number; bytes: Uint8Array } => {
          const packer = new BitPacker();
          const bytes = new TextEncoder().encode(written);
          expect(packer.packText(bytes, 0, bytes.length, width)).toBe(true);
          return { form: packer.form, bytes: packer.bytes.slice(0, packer.length) };
        };
        const short = pack(text);
        expect(short).toEqual(pack(full));
        expect(
          digitsOf({ states: short.form === 0 ? 2 : short.form === 1 ? 4 : 9, width, bytes: short.bytes }),
        ).toBe(full);
      }),
    );
  });
});

describe("time", () => {
  it.each([
    [0n, 1, "ps", "0 ps"],
    [1n, 100, "ps", "100 ps"],
    [1_234n, 1, "ps", "1.234 ns"],
    [-1_500n, 1, "ns", "-1.5 us"],
    [2n ** 64n - 1n, 1, "fs", "18446.744073709551615 s"],
    [3_600n, 1, "s", "3600 s"],
  ] as const)("%s ticks of %s %s are %s", (ticks, magnitude, unit, text) => {
    expect(formatTime(ticks, { magnitude, unit })).toBe(text);
    expect(parseTime(text, { magnitude, unit })).toBe(ticks);
  });

  it("is written exactly in a chosen unit", () => {
    expect(formatTime(1_500n, { magnitude: 10, unit: "ps" }, "us")).toBe("0.015 us");
  });

  it.each([
    ["12", 12n],
    [" 1.5ns ", 2n],
    ["1.4 ns", 1n],
    ["2µs", 2_000n],
    ["1e3", undefined],
    ["ns", undefined],
    ["", undefined],
    ["1 parsec", undefined],
  ])("%j is %s ticks of 1 ns", (text, ticks) => {
    expect(parseTime(text, { magnitude: 1, unit: "ns" })).toBe(ticks);
  });
});

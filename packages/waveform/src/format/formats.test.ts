import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { availableFormats, formatValue, parseFixed, type FixedFormat } from "./format-value.js";
import type { ValueMeaning } from "./value-meaning.js";

const anyDigits = fc.array(fc.constantFrom(..."01xzuwlh-".split("")), { minLength: 1, maxLength: 80 });
const known = fc.array(fc.constantFrom("0", "1"), { minLength: 1, maxLength: 130 });

/** Sum of the bits, the slow and obvious way; the first has a negative weight in two's complement. */
function weigh(bits: readonly string[], signed: boolean): bigint {
  return bits.reduce((sum, bit, i) => {
    const weight = 2n ** BigInt(bits.length - 1 - i);
    return bit === "1" ? sum + (signed && i === 0 ? -weight : weight) : sum;
  }, 0n);
}

const digitsOf = (value: bigint, width: number): string => value.toString(2).padStart(width, "0");
const number = (text: string): number => Number(text.replace("Inf", "Infinity"));
const bits64 = (value: bigint): string => BigInt.asUintN(64, value).toString(2).padStart(64, "0");

describe("numbers in every base", () => {
  it("are the sum of their bits, at any width", () => {
    fc.assert(
      fc.property(known, (bits) => {
        const text = bits.join("");
        expect(formatValue(text, "dec-unsigned")).toBe(weigh(bits, false).toString());
        expect(formatValue(text, "dec-signed")).toBe(weigh(bits, true).toString());
        expect(formatValue(text, "hex")).toBe(
          weigh(bits, false)
            .toString(16)
            .padStart(Math.ceil(bits.length / 4), "0"),
        );
        expect(formatValue(text, "oct")).toBe(
          weigh(bits, false)
            .toString(8)
            .padStart(Math.ceil(bits.length / 3), "0"),
        );
      }),
    );
  });

  it.each([
    ["hex", 4],
    ["oct", 3],
  ] as const)("%s digits show what their bits have in common, else x", (format, size) => {
    fc.assert(
      fc.property(anyDigits, (digits) => {
        const text = digits.join("");
        const shown = formatValue(text, format);
        expect(shown).toHaveLength(Math.ceil(text.length / size));
        for (const [i, letter] of Array.from(shown).entries()) {
          const to = text.length - (shown.length - 1 - i) * size;
          const group = text.slice(Math.max(0, to - size), to);
          if (/[xzuw-]/.test(group)) expect(letter).toBe(new Set(group).size === 1 ? group[0] : "x");
          else
            expect(letter).toBe(Number.parseInt(group.replace(/h/g, "1").replace(/l/g, "0"), 2).toString(16));
        }
      }),
    );
  });

  it("a decimal number with an unknown digit is that one letter", () => {
    fc.assert(
      fc.property(anyDigits, (digits) => {
        const text = digits.join("");
        if (!/[xzuw-]/.test(text)) return;
        const letter = new Set(digits).size === 1 ? digits[0] : "x";
        for (const format of ["dec-unsigned", "dec-signed", "fixed:3", "ufixed:3"] as const) {
          expect(formatValue(text, format)).toBe(letter);
        }
      }),
    );
  });

  it("the nine states of VHDL keep their letters", () => {
    expect(formatValue("ux01zwlh-", "vhdl")).toBe("UX01ZWLH-");
    expect(formatValue("ux01zwlh-", "bin")).toBe("ux01zwlh-");
  });
});

describe("fixed point", () => {
  it("is exact: times 2^N it is the whole number", () => {
    fc.assert(
      fc.property(known, fc.integer({ min: 0, max: 140 }), fc.boolean(), (bits, fraction, signed) => {
        const text = formatValue(bits.join(""), `${signed ? "" : "u"}fixed:${fraction}` as FixedFormat);
        const match = /^(-?\d+)(?:\.(\d*[1-9]))?$/.exec(text);
        const places = match?.[2] ?? "";
        const scaled = BigInt(`${match?.[1]}${places}`);
        expect(scaled * 2n ** BigInt(fraction)).toBe(weigh(bits, signed) * 10n ** BigInt(places.length));
        if (weigh(bits, signed) < 0n) expect(text[0]).toBe("-");
      }),
    );
  });

  it.each([
    ["00011000", "fixed:4", "1.5"],
    ["11111000", "fixed:4", "-0.5"],
    ["11111000", "ufixed:4", "15.5"],
    ["10000000", "fixed:7", "-1"],
    ["00000001", "ufixed:8", "0.00390625"],
  ] as const)("%s as %s is %s", (digits, format, text) => {
    expect(formatValue(digits, format)).toBe(text);
  });

  it("names its parts", () => {
    expect(parseFixed("fixed:12")).toEqual({ signed: true, fraction: 12 });
    expect(parseFixed("ufixed:0")).toEqual({ signed: false, fraction: 0 });
    for (const text of ["fixed", "fixed:", "fixed:-1", "fixed:1.5", "fixed:9999", "hex"]) {
      expect(parseFixed(text)).toBeUndefined();
    }
  });
});

describe("floating point", () => {
  it("single and double are what the platform reads from the same bits", () => {
    const view = new DataView(new ArrayBuffer(8));
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (bits) => {
        view.setBigUint64(0, bits);
        expect(number(formatValue(digitsOf(bits, 64), "double"))).toBe(view.getFloat64(0));
        view.setUint32(0, Number(bits & 0xffffffffn));
        const single = formatValue(digitsOf(bits & 0xffffffffn, 32), "single");
        expect(Math.fround(number(single))).toBe(view.getFloat32(0));
      }),
    );
  });

  it("every half and bfloat16 is the sum of its bits, and no shorter number rounds to it", () => {
    for (let bits = 0; bits < 0x10000; bits += 7) {
      const sign = bits >> 15 === 1 ? -1 : 1;
      const exponent = (bits >> 10) & 31;
      const fraction = bits & 1023;
      const half =
        exponent === 31
          ? fraction === 0
            ? sign * Infinity
            : Number.NaN
          : sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15));
      const text = formatValue(digitsOf(BigInt(bits), 16), "half");
      const read = number(text);
      // Half of the distance to the next number of the format.
      const near = 2 ** (Math.max(exponent, 1) - 15 - 11);
      if (Number.isFinite(half)) expect(Math.abs(read - half)).toBeLessThanOrEqual(near);
      else expect(read).toBe(half);
      // A bfloat16 is a single without its lower half.
      const view = new DataView(new ArrayBuffer(4));
      view.setUint32(0, bits * 65_536);
      const brain = number(formatValue(digitsOf(BigInt(bits), 16), "bfloat16"));
      const want = view.getFloat32(0);
      if (Number.isFinite(want))
        expect(Math.abs(brain - want)).toBeLessThanOrEqual(Math.abs(want) * 2 ** -8 + 2 ** -134);
      else expect(brain).toBe(want);
    }
  });

  it.each([
    ["0011110000000000", "half", "1"],
    ["0010111001100110", "half", "0.1"],
    ["0111101111111111", "half", "65500"],
    ["0000000000000001", "half", "6e-8"],
    ["1111110000000000", "half", "-Inf"],
    ["0111111000000000", "half", "NaN"],
    ["1000000000000000", "half", "-0"],
    ["0011111110000000", "bfloat16", "1"],
    ["0011110111001101", "bfloat16", "0.1"],
    ["00111101110011001100110011001101", "single", "0.1"],
    ["01111111011111111111111111111111", "single", "3.4028235e+38"],
    ["x011110000000000", "half", "x"],
    ["zzzzzzzzzzzzzzzz", "bfloat16", "z"],
    ["10101", "half", "15"],
  ] as const)("%s as %s is %s", (digits, format, text) => {
    expect(formatValue(digits, format)).toBe(text);
  });
});

describe("values by their meaning", () => {
  const states: ValueMeaning = {
    kind: "names",
    names: [
      { value: "00", name: "idle" },
      { value: "1", name: "busy" },
      { value: "0X", name: "odd" },
    ],
  };
  const time: ValueMeaning = {
    kind: "units",
    units: [
      { name: "fs", scale: "1" },
      { name: "ps", scale: "1000" },
      { name: "ns", scale: "1000000" },
      { name: "min", scale: "60000000000000000" },
    ],
  };

  it.each([
    ["00", "idle"],
    ["01", "busy"],
    ["0x", "odd"],
    ["10", "2"],
    ["zz", "z"],
  ])("%s is %s", (digits, text) => {
    expect(formatValue(digits, "named", states)).toBe(text);
  });

  it.each([
    [0n, "0 fs"],
    [1n, "1 fs"],
    [1_500n, "1.5 ps"],
    [-1_500_000n, "-1.5 ns"],
    [120_000_000_000_000_000n, "2 min"],
    [100_000_000_000_000_000n, "100000000000 ns"],
    [2n ** 63n - 1n, "9223372036854.775807 ns"],
    [-(2n ** 63n), "-9223372036854.775808 ns"],
  ])("%s fs is %s", (value, text) => {
    expect(formatValue(bits64(value), "named", time)).toBe(text);
  });

  it("without a meaning, and where it is unknown, the digits are shown", () => {
    expect(formatValue("1010", "named")).toBe("a");
    expect(formatValue("1", "named", states)).toBe("busy");
    expect(formatValue("x".repeat(64), "named", time)).toBe("x".repeat(16));
  });
});

describe("the formats that are offered", () => {
  it("begin with the usual one and fit the width", () => {
    expect(availableFormats("bits", 1, { kind: "names", names: [] })[0]).toBe("named");
    expect(availableFormats("bits", 16)).toEqual(
      expect.arrayContaining(["half", "bfloat16", "fixed:8", "ufixed:16"]),
    );
    expect(availableFormats("bits", 64)).toContain("double");
    expect(availableFormats("bits", 12)).not.toContain("half");
    for (const width of [2, 3, 8, 33, 100_000]) {
      const formats = availableFormats("bits", width);
      expect(new Set(formats).size).toBe(formats.length);
    }
  });
});

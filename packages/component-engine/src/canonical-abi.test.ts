import { describe, expect, test } from "vitest";
import { EngineError, type Instance } from "./index.js";
import { guest, lift, named } from "./testing/guests.test.helper.js";
import { call, run } from "./testing/wat.test.helper.js";

// Each block names the section of CanonicalABI.md that it shows.

function caught(action: () => unknown): EngineError {
  try {
    action();
  } catch (error) {
    if (error instanceof EngineError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

/** A guest that shows the bytes in which a list of `type` arrives (`store`), and reads a list from bytes (`load`). */
async function memoryOf(type: string, size: number, extra = ""): Promise<Instance> {
  return run(
    guest(
      `(func (export "store") (param i32 i32) (result i32)
         (i32.store (i32.const 64) (local.get 0))
         (i32.store (i32.const 68) (i32.mul (local.get 1) (i32.const ${size}))) (i32.const 64))
       (func (export "load") (param i32 i32) (result i32)
         (i32.store (i32.const 64) (local.get 0))
         (i32.store (i32.const 68) (i32.div_u (i32.mul (local.get 1) (i32.const 8)) (i32.const ${size}))) (i32.const 64))`,
      `${named("t", type)}
       ${lift("store", '(param "x" (list $t)) (result (list u8))', extra)}
       ${lift("load", '(param "x" (list u64)) (result (list $t))', extra)}`,
    ),
  );
}

/** `11 22 00*3` as bytes. */
function hex(text: string): Uint8Array {
  return Uint8Array.from(
    text.split(" ").flatMap((part) => {
      const [byte = "", times] = part.split("*");
      return Array.from({ length: Number(times ?? 1) }, () => Number.parseInt(byte, 16));
    }),
  );
}

describe("Alignment, Element Size, Loading, Storing", () => {
  test.each<[type: string, value: unknown, bytes: string]>([
    ["bool", true, "01"],
    ["char", "\u{1f600}", "00 f6 01 00"],
    [
      '(record (field "a" u8) (field "b" u32) (field "c" u8))',
      { a: 1, b: 2, c: 3 },
      "01 00*3 02 00*3 03 00*3",
    ],
    ['(record (field "a" u8) (field "b" u64))', { a: 1, b: 2n }, "01 00*7 02 00*7"],
    ['(record (field "a" u16) (field "b" u8))', { a: 0x1234, b: 5 }, "34 12 05 00"],
    ["(tuple u8 u16 u8)", [1, 2, 3], "01 00 02 00 03 00"],
    ["(tuple s8 s16 s32 s64)", [-1, -2, -3, -4n], "ff 00 fe ff fd ff*3 fc ff*7"],
    ["(tuple f32 f64)", [1, -2], "00 00 80 3f 00*4 00*7 c0"],
    ['(enum "a" "b" "c")', "c", "02"],
    ["(option u32)", 7, "01 00*3 07 00*3"],
    ["(option u8)", 7, "01 07"],
    ["(result u8 (error u16))", { tag: "err", val: 0x1234 }, "01 00 34 12"],
    ["(result)", { tag: "ok", val: undefined }, "00"],
    ["(option (option u8))", { tag: "some", val: 7 }, "01 01 07"],
    ['(variant (case "a") (case "b" u64))', { tag: "b", val: 9n }, "01 00*7 09 00*7"],
    ['(flags "a" "b" "c")', { a: true, b: false, c: true }, "05"],
    [
      `(flags ${Array.from({ length: 9 }, (_, i) => `"f${i}"`).join(" ")})`,
      Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`f${i}`, i === 8])),
      "00 01",
    ],
    [
      `(flags ${Array.from({ length: 17 }, (_, i) => `"f${i}"`).join(" ")})`,
      Object.fromEntries(Array.from({ length: 17 }, (_, i) => [`f${i}`, i === 16])),
      "00 00 01 00",
    ],
    [`(enum ${Array.from({ length: 257 }, (_, i) => `"e${i}"`).join(" ")})`, "e256", "00 01"],
  ])("%s", async (type, value, bytes) => {
    const expected = hex(bytes);
    const instance = await memoryOf(type, expected.length);
    const eight = Array.from({ length: 8 }, () => value);
    const stored = Uint8Array.from(Array.from({ length: 8 }, () => [...expected]).flat());
    expect(call(instance, "store")(eight)).toEqual(stored);
    expect([
      ...(call(instance, "load")(new BigUint64Array(stored.buffer)) as ArrayLike<unknown> as unknown[]),
    ]).toEqual(eight);
  });

  test("integers in memory are read whole; bool and flags take what fits", async () => {
    const bools = await memoryOf("bool", 1);
    expect(call(bools, "load")([0x80_02_01_00n])).toEqual([
      false,
      true,
      true,
      true,
      false,
      false,
      false,
      false,
    ]);
    const flags = await memoryOf('(flags "a" "b")', 1);
    expect((call(flags, "load")([0xfen]) as unknown[])[0]).toEqual({ a: false, b: true });
  });

  test.each([
    ["char", 4, 0xd800n, /0xd800 is no char/],
    ["char", 4, 0x110000n, /is no char/],
    ['(enum "a" "b")', 1, 2n, /2 is no case of an enum of 2/],
    ['(variant (case "a") (case "b" u8))', 2, 0x0102n, /2 is no case of a variant of 2/],
    ["(option u8)", 2, 0xffn, /255 is no case/],
    ["(list u8)", 8, 0xffff_ffff_0000_0000n, /outside of the memory/],
    ["(list u64)", 8, 0x1_0000_0004n, /not aligned to 8/],
    ["string", 8, 0x1_0001_0000n, /outside of the memory/],
  ])("%s from bytes that are none", async (type, size, bits, message) => {
    const instance = await memoryOf(type, size);
    const error = caught(() => call(instance, "load")([bits]));
    expect(error.code).toBe("bad-guest-value");
    expect(error.message).toMatch(message);
  });
});

describe("Storing and Loading strings", () => {
  const encodings = {
    utf8: (text: string): number[] => [...new TextEncoder().encode(text)],
    utf16: (text: string): number[] =>
      Array.from({ length: text.length }, (_, i) => text.charCodeAt(i)).flatMap((unit) => [
        unit & 0xff,
        unit >> 8,
      ]),
    latin1: (text: string): number[] => Array.from({ length: text.length }, (_, i) => text.charCodeAt(i)),
  };
  /** Gives back the string's bytes and its length as the guest got it; `back` reads it again. */
  const core = `
    (func (export "bytes") (param i32 i32) (result i32)
      (i32.store (i32.const 64) (local.get 0)) (i32.store (i32.const 68) (i32.const 80)) (i32.const 64))
    (func (export "units") (param i32 i32) (result i32) (local.get 1))
    (func (export "back") (param i32 i32) (result i32)
      (i32.store (i32.const 64) (local.get 0)) (i32.store (i32.const 68) (local.get 1)) (i32.const 64))`;

  test.each<[encoding: string, text: string, form: keyof typeof encodings, units: number]>([
    ["utf8", "", "utf8", 0],
    ["utf8", "abc", "utf8", 3],
    ["utf8", "žluť", "utf8", 6],
    ["utf8", "\u{1f600}x", "utf8", 5],
    ["utf8", "é".repeat(40), "utf8", 80],
    ["utf8", "a".repeat(79), "utf8", 79],
    ["utf16", "", "utf16", 0],
    ["utf16", "abc", "utf16", 3],
    ["utf16", "a\u{1f600}", "utf16", 3],
    ["latin1+utf16", "", "latin1", 0],
    ["latin1+utf16", "é\u00ff", "latin1", 2],
    ["latin1+utf16", "ž", "utf16", 0x8000_0001],
    ["latin1+utf16", "a\u{1f600}", "utf16", 0x8000_0003],
  ])("%s: %j is kept as %s, length %d", async (encoding, text, form, units) => {
    const option = `string-encoding=${encoding}`;
    const instance = await run(
      guest(
        core,
        `${lift("bytes", '(param "x" string) (result (list u8))', option)}
         ${lift("units", '(param "x" string) (result u32)', option)}
         ${lift("back", '(param "x" string) (result string)', option)}`,
      ),
    );
    const bytes = encodings[form](text);
    expect([...(call(instance, "bytes")(text) as Uint8Array).subarray(0, bytes.length)]).toEqual(bytes);
    expect(call(instance, "units")(text)).toBe(units);
    expect(call(instance, "back")(text)).toBe(text);
  });

  test.each(["utf8", "utf16", "latin1+utf16"])(
    "%s: a lone surrogate goes out as U+FFFD",
    async (encoding) => {
      const instance = await run(
        guest(core, lift("back", '(param "x" string) (result string)', `string-encoding=${encoding}`)),
      );
      expect(call(instance, "back")("a\ud800b\udc00")).toBe("a\ufffdb\ufffd");
    },
  );

  test.each([
    ["utf16", 1, 0],
    ["latin1+utf16", 1, 0],
    ["latin1+utf16", 1, 0x8000_0000],
  ])("%s at %d: not aligned, even when it is empty (%d)", async (encoding, pointer, length) => {
    const instance = await run(
      guest(
        `(func (export "f") (result i32) (i32.store (i32.const 64) (i32.const ${pointer}))
          (i32.store (i32.const 68) (i32.const ${length})) (i32.const 64))`,
        lift("f", "(result string)", `string-encoding=${encoding}`),
      ),
    );
    expect(caught(() => call(instance, "f")()).message).toMatch(/not aligned to 2/);
  });

  test("overlong UTF-8, a surrogate in UTF-8, half a sequence: none is repaired", async () => {
    for (const bytes of ["\\c0\\80", "\\ed\\a0\\80", "\\f0\\9f\\98", "\\f5\\80\\80\\80"]) {
      const length = bytes.length / 3;
      const instance = await run(
        guest(
          `(data (i32.const 128) "${bytes}")
           (func (export "f") (result i32) (i32.store (i32.const 64) (i32.const 128))
             (i32.store (i32.const 68) (i32.const ${length})) (i32.const 64))`,
          lift("f", "(result string)"),
        ),
      );
      expect(caught(() => call(instance, "f")()).message).toMatch(/not valid UTF-8/);
    }
  });

  test("a byte order mark is a character like others", async () => {
    const instance = await run(guest(core, lift("back", '(param "x" string) (result string)')));
    expect(call(instance, "back")("\ufeffa")).toBe("\ufeffa");
  });
});

const params = (count: number, type: string): string =>
  Array.from({ length: count }, (_, i) => `(param "a${i}" ${type})`).join(" ");
const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);

describe("Flattening", () => {
  test("16 core values are passed flat, 17 by pointer", async () => {
    const instance = await run(
      guest(
        `(func (export "flat") (param ${"i32 ".repeat(16)}) (result i32) (i32.add (local.get 0) (local.get 15)))
         (func (export "spilled") (param i32) (result i32) (i32.add (i32.load (local.get 0)) (i32.load offset=64 (local.get 0))))`,
        `${lift("flat", `${params(16, "u32")} (result u32)`)} ${lift("spilled", `${params(17, "u32")} (result u32)`)}`,
      ),
    );
    expect(call(instance, "flat")(...numbers(16))).toBe(17);
    expect(call(instance, "spilled")(...numbers(17))).toBe(18);
  });

  test("what counts is core values: eight strings are flat, nine are not; a wide variant takes all its slots", async () => {
    const instance = await run(
      guest(
        `(func (export "flat") (param ${"i32 ".repeat(16)}) (result i32) (local.get 15))
         (func (export "spilled") (param i32) (result i32) (i32.load offset=68 (local.get 0)))
         (func (export "sum") (param i32 i64 i32 ${"i32 ".repeat(13)}) (result i32) (i32.add (local.get 2) (local.get 15)))`,
        `${named("v", '(variant (case "a" u64) (case "b" string))')}
         ${lift("flat", `${params(8, "string")} (result u32)`)} ${lift("spilled", `${params(9, "string")} (result u32)`)}
         ${lift("sum", `(param "v" $v) ${params(13, "u32")} (result u32)`)}`,
      ),
    );
    const strings = numbers(9).map((n) => "x".repeat(n));
    expect(call(instance, "flat")(...strings.slice(0, 8))).toBe(8);
    expect(call(instance, "spilled")(...strings)).toBe(9);
    expect(call(instance, "sum")({ tag: "b", val: "four" }, ...numbers(13))).toBe(17);
    expect(call(instance, "sum")({ tag: "a", val: 2n ** 63n }, ...numbers(13))).toBe(13);
  });

  test("one result is returned flat, two by pointer; the same towards an import", async () => {
    const instance = await run(
      guest(
        `(import "h" "one" (func $one (result i32))) (import "h" "two" (func $two (param i32)))
         (import "h" "many" (func $many (param i32 i32)))
         (func (export "g") (result i32) (call $two (i32.const 64))
           (i32.store (i32.const 72) (call $one)) (i32.const 64))
         (func (export "m") (result i32) (local $i i32)
           (loop $l (i32.store (i32.add (i32.const 128) (i32.mul (local.get $i) (i32.const 4))) (local.get $i))
             (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 17))))
           (call $many (i32.const 128) (i32.const 64)) (i32.const 64))`,
        `${lift("g", "(result (tuple u32 u32 u32))")} ${lift("m", "(result (tuple u32 u32))")}`,
        {
          imports: `(import "one" (func $one (result u32))) (import "two" (func $two (result (tuple u32 u32))))
            (import "many" (func $many ${params(17, "u32")} (result (tuple u32 u32))))`,
          lowered: `(core func $l1 (canon lower (func $one))) (core func $l2 (canon lower (func $two) (memory $m)))
            (core func $l3 (canon lower (func $many) (memory $m)))`,
          args: '(with "h" (instance (export "one" (func $l1)) (export "two" (func $l2)) (export "many" (func $l3))))',
        },
      ),
      { one: () => 3, two: () => [1, 2], many: (...args: number[]) => [args.length, args[16]] },
    );
    expect(call(instance, "g")()).toEqual([1, 2, 3]);
    expect(call(instance, "m")()).toEqual([17, 16]);
  });

  test("cases of different core types share a slot, bit by bit", async () => {
    const inner = `(component $c
      (core module $M
        (func (export "wide") (param i32 i64) (result i64) (local.get 1))
        (func (export "narrow") (param i32 i32) (result i32) (local.get 1)))
      (core instance $i (instantiate $M))
      (type $w (variant (case "f" f32) (case "d" f64) (case "s" s32) (case "u" u64))) (export $w' "w" (type $w))
      (type $n (variant (case "f" f32) (case "s" s8))) (export $n' "n" (type $n))
      (func (export "wide") (param "x" $w') (result u64) (canon lift (core func $i "wide")))
      (func (export "narrow") (param "x" $n') (result u32) (canon lift (core func $i "narrow"))))`;
    const instance = await run(
      `(component ${inner} (instance $a (instantiate $c)) (export "c" (instance $a)))`,
    );
    const bits = (tag: string, val: unknown): unknown => call(instance, "wide", "c")({ tag, val });
    expect(bits("f", 1)).toBe(0x3f80_0000n);
    expect(bits("d", 1)).toBe(0x3ff0_0000_0000_0000n);
    expect(bits("s", -1)).toBe(0xffff_ffffn);
    expect(bits("u", 2n ** 64n - 1n)).toBe(2n ** 64n - 1n);
    expect(call(instance, "narrow", "c")({ tag: "f", val: -1 })).toBe(0xbf80_0000);
    expect(call(instance, "narrow", "c")({ tag: "s", val: -1 })).toBe(0xffff_ffff);
  });

  test("the bits above the case's own are dropped on the way out", async () => {
    const instance = await run(
      guest(
        `(import "h" "f" (func $f (param i32 i64)))
         (func (export "g") (param i32 i64) (call $f (local.get 0) (local.get 1)))`,
        lift("g", '(param "tag" u32) (param "bits" u64)'),
        {
          imports: `(type $v (variant (case "b" u8) (case "f" f32) (case "d" f64))) (import "v" (type $v' (eq $v)))
            (import "f" (func $f (param "x" $v')))`,
          lowered: "(core func $lf (canon lower (func $f)))",
          args: '(with "h" (instance (export "f" (func $lf))))',
        },
      ),
      { f: (value: unknown) => seen.push(value) * 0 || undefined },
    );
    const seen: unknown[] = [];
    call(instance, "g")(0, 0xffff_ffff_ffff_ff02n);
    call(instance, "g")(1, 0xffff_ffff_3f80_0000n);
    call(instance, "g")(2, 0x3ff0_0000_0000_0000n);
    expect(seen).toEqual([
      { tag: "b", val: 2 },
      { tag: "f", val: 1 },
      { tag: "d", val: 1 },
    ]);
  });
});

describe("NaN", () => {
  test("is canonical in the guest, flat, in memory and in a shared slot, whoever made it", async () => {
    const instance = await run(
      guest(
        `(func (export "f32") (param f32) (result i32) (i32.reinterpret_f32 (local.get 0)))
         (func (export "f64") (param f64) (result i64) (i64.reinterpret_f64 (local.get 0)))
         (func (export "list") (param i32 i32) (result i32) (i32.load (local.get 0)))
         (func (export "wide") (param i32 i64) (result i64) (local.get 1))`,
        `${named("v", '(variant (case "a" f32) (case "b" f64) (case "c" u64))')}
         ${lift("f32", '(param "x" f32) (result u32)')} ${lift("f64", '(param "x" f64) (result u64)')}
         ${lift("list", '(param "x" (list f32)) (result u32)')} ${lift("wide", '(param "x" $v) (result u64)')}`,
      ),
    );
    const payload = new Float64Array(BigUint64Array.of(0xfff0_dead_beef_0001n).buffer)[0];
    const short = new Float32Array(Uint32Array.of(0xff80_dead).buffer);
    expect(call(instance, "f32")(payload)).toBe(0x7fc0_0000);
    expect(call(instance, "f64")(payload)).toBe(0x7ff8_0000_0000_0000n);
    expect(call(instance, "list")(short)).toBe(0x7fc0_0000);
    expect(call(instance, "wide")({ tag: "a", val: payload })).toBe(0x7fc0_0000n);
    expect(call(instance, "wide")({ tag: "b", val: payload })).toBe(0x7ff8_0000_0000_0000n);
  });

  test("negative zero and infinity are kept", async () => {
    const instance = await memoryOf("f64", 8);
    const values = Float64Array.of(-0, Infinity, -Infinity, 5e-324);
    const bytes = call(instance, "store")(values) as Uint8Array;
    expect(new Float64Array(bytes.slice().buffer)).toEqual(values);
  });
});

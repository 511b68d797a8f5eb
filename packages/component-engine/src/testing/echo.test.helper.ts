import * as fc from "fast-check";
import { componentEmbed, componentNew, parse } from "@bytecodealliance/jco-transpile/wasm-tools";
import { coreSignature } from "../types/layout.js";
import type { FuncType, PrimitiveKind, ValueType } from "../types/value-types.js";
import { allocator } from "./wat.test.helper.js";

/** A type in all the forms that a test of it needs. */
export interface EchoType {
  readonly type: ValueType;
  /** How the type is written where it is used. */
  readonly wit: string;
  /** Definitions that `wit` refers to. */
  readonly definitions: readonly string[];
  /** Values as the engine takes and returns them. */
  readonly values: fc.Arbitrary<unknown>;
}

const base: Pick<ValueType, "weight" | "depth" | "handles"> = { weight: 1, depth: 1, handles: 0 };
const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 12 }).map((value) => value.replace(/\p{Surrogate}/gu, "?")),
  fc.string({ unit: "grapheme-ascii", maxLength: 200 }),
  fc.constantFrom("", "žluťoučký kůň", "a\u{1f600}b", "\u00e9".repeat(70), "\ufeffbom", "\0"),
);
const double = fc.double({ noNaN: false });

function primitive(kind: PrimitiveKind, values: fc.Arbitrary<unknown>): EchoType {
  return { type: { kind, ...base }, wit: kind, definitions: [], values };
}

const bigs = (min: bigint, max: bigint): fc.Arbitrary<bigint> => fc.bigInt({ min, max });

export const primitives: readonly EchoType[] = [
  primitive("bool", fc.boolean()),
  primitive("u8", fc.integer({ min: 0, max: 0xff })),
  primitive("s8", fc.integer({ min: -0x80, max: 0x7f })),
  primitive("u16", fc.integer({ min: 0, max: 0xffff })),
  primitive("s16", fc.integer({ min: -0x8000, max: 0x7fff })),
  primitive("u32", fc.integer({ min: 0, max: 0xffffffff })),
  primitive("s32", fc.integer({ min: -0x80000000, max: 0x7fffffff })),
  primitive("u64", bigs(0n, 2n ** 64n - 1n)),
  primitive("s64", bigs(-(2n ** 63n), 2n ** 63n - 1n)),
  primitive("f32", fc.float({ noNaN: false })),
  primitive("f64", double),
  primitive("char", fc.constantFrom("a", "ž", "\u{1f600}", "\0", "\u{10ffff}", "\ud7ff")),
  primitive("string", text),
];

const typedArrays: Readonly<Record<string, (values: fc.Arbitrary<unknown>) => fc.Arbitrary<unknown>>> = {
  u8: () => fc.uint8Array({ maxLength: 9 }),
  s8: () => fc.int8Array({ maxLength: 9 }),
  u16: () => fc.uint16Array({ maxLength: 9 }),
  s16: () => fc.int16Array({ maxLength: 9 }),
  u32: () => fc.uint32Array({ maxLength: 9 }),
  s32: () => fc.int32Array({ maxLength: 9 }),
  u64: () => fc.bigUint64Array({ maxLength: 9 }),
  s64: () => fc.bigInt64Array({ maxLength: 9 }),
  f32: () => fc.float32Array({ maxLength: 9 }),
  f64: () => fc.float64Array({ maxLength: 9 }),
};

let names = 0;
function fresh(): string {
  names += 1;
  return `t${names}`;
}

function weigh(parts: readonly (EchoType | undefined)[]): typeof base {
  let weight = 1;
  let depth = 1;
  for (const part of parts) {
    weight += part?.type.weight ?? 0;
    depth = Math.max(depth, (part?.type.depth ?? 0) + 1);
  }
  return { ...base, weight, depth };
}

export function listOf(element: EchoType): EchoType {
  const values =
    typedArrays[element.type.kind]?.(element.values) ?? fc.array(element.values, { maxLength: 4 });
  return {
    type: { kind: "list", element: element.type, ...weigh([element]) },
    wit: `list<${element.wit}>`,
    definitions: element.definitions,
    values,
  };
}

export function optionOf(some: EchoType): EchoType {
  const values =
    some.type.kind === "option"
      ? fc.oneof(
          fc.constant({ tag: "none" }),
          some.values.map((val) => ({ tag: "some", val })),
        )
      : fc.oneof(fc.constant(undefined), some.values);
  return {
    type: { kind: "option", some: some.type, ...weigh([some]) },
    wit: `option<${some.wit}>`,
    definitions: some.definitions,
    values,
  };
}

export function resultOf(ok: EchoType | undefined, err: EchoType | undefined): EchoType {
  const side = (tag: string, type: EchoType | undefined): fc.Arbitrary<unknown> =>
    type === undefined ? fc.constant({ tag, val: undefined }) : type.values.map((val) => ({ tag, val }));
  const okText = ok?.wit ?? "_";
  return {
    type: { kind: "result", ok: ok?.type, err: err?.type, ...weigh([ok, err]) },
    wit:
      err === undefined
        ? ok === undefined
          ? "result"
          : `result<${okText}>`
        : `result<${okText}, ${err.wit}>`,
    definitions: [...(ok?.definitions ?? []), ...(err?.definitions ?? [])],
    values: fc.oneof(side("ok", ok), side("err", err)),
  };
}

export function tupleOf(items: readonly EchoType[]): EchoType {
  return {
    type: { kind: "tuple", items: items.map((item) => item.type), ...weigh(items) },
    wit: `tuple<${items.map((item) => item.wit).join(", ")}>`,
    definitions: items.flatMap((item) => item.definitions),
    values: fc.tuple(...items.map((item) => item.values)),
  };
}

export function recordOf(items: readonly EchoType[]): EchoType {
  const name = fresh();
  const fields = items.map((item, i) => ({ name: `field-a${i}`, type: item.type }));
  return {
    type: { kind: "record", fields, ...weigh(items) },
    wit: name,
    definitions: [
      ...items.flatMap((item) => item.definitions),
      `record ${name} { ${items.map((item, i) => `field-a${i}: ${item.wit}`).join(", ")} }`,
    ],
    values: fc.record(Object.fromEntries(items.map((item, i) => [`fieldA${i}`, item.values]))),
  };
}

export function variantOf(items: readonly (EchoType | undefined)[]): EchoType {
  const name = fresh();
  const cases = items.map((item, i) => ({ name: `case-b${i}`, type: item?.type }));
  const text = items.map((item, i) => `case-b${i}${item === undefined ? "" : `(${item.wit})`}`);
  return {
    type: { kind: "variant", cases, ...weigh(items) },
    wit: name,
    definitions: [
      ...items.flatMap((item) => item?.definitions ?? []),
      `variant ${name} { ${text.join(", ")} }`,
    ],
    values: fc.oneof(
      ...items.map((item, i) =>
        item === undefined
          ? fc.constant({ tag: `case-b${i}` })
          : item.values.map((val) => ({ tag: `case-b${i}`, val })),
      ),
    ),
  };
}

export function enumOf(count: number): EchoType {
  const name = fresh();
  const labels = Array.from({ length: count }, (_, i) => `label-c${i}`);
  return {
    type: { kind: "enum", labels, ...base },
    wit: name,
    definitions: [`enum ${name} { ${labels.join(", ")} }`],
    values: fc.constantFrom(...labels),
  };
}

export function flagsOf(count: number): EchoType {
  const name = fresh();
  const labels = Array.from({ length: count }, (_, i) => `flag-d${i}`);
  return {
    type: { kind: "flags", labels, ...base },
    wit: name,
    definitions: [`flags ${name} { ${labels.join(", ")} }`],
    values: fc.record(Object.fromEntries(labels.map((_, i) => [`flagD${i}`, fc.boolean()]))),
  };
}

/** Types of every kind, up to `depth` levels, made from a seed. */
export function typeArbitrary(depth: number): fc.Arbitrary<EchoType> {
  const leaf = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...primitives) },
    fc.constantFrom(1, 2, 300).map(enumOf),
    fc.constantFrom(1, 8, 9, 17, 32).map(flagsOf),
  );
  if (depth === 0) return leaf;
  const inner = typeArbitrary(depth - 1);
  const maybe = fc.option(inner, { nil: undefined });
  return fc.oneof(
    leaf,
    inner.map(listOf),
    inner.map(optionOf),
    fc.tuple(maybe, maybe).map(([ok, err]) => resultOf(ok, err)),
    fc.array(inner, { minLength: 1, maxLength: 4 }).map(tupleOf),
    fc.array(inner, { minLength: 1, maxLength: 5 }).map(recordOf),
    fc.array(maybe, { minLength: 1, maxLength: 4 }).map(variantOf),
  );
}

/** Types that reach every path: each kind, each size of discriminant and flags, spilled and flat, shared slots. */
export const everyKind: readonly EchoType[] = [
  ...primitives,
  ...primitives.map(listOf),
  ...primitives.map(optionOf),
  optionOf(optionOf(primitives[0] ?? enumOf(1))),
  optionOf(optionOf(optionOf(listOf(enumOf(3))))),
  resultOf(undefined, undefined),
  resultOf(primitives[12], undefined),
  resultOf(undefined, primitives[12]),
  resultOf(primitives[9], primitives[8]),
  enumOf(1),
  enumOf(256),
  enumOf(257),
  flagsOf(1),
  flagsOf(8),
  flagsOf(9),
  flagsOf(16),
  flagsOf(17),
  flagsOf(32),
  tupleOf(primitives),
  recordOf(primitives),
  recordOf([recordOf(primitives.slice(0, 4)), listOf(recordOf(primitives))]),
  variantOf([undefined, ...primitives]),
  variantOf([primitives[9], primitives[5]]),
  variantOf([primitives[10], primitives[9], primitives[7]]),
  variantOf([tupleOf(primitives.slice(0, 12)), primitives[12], variantOf([primitives[9], primitives[12]])]),
  listOf(listOf(listOf(primitives[12] ?? enumOf(1)))),
  listOf(variantOf([undefined, listOf(primitives[1] ?? enumOf(1)), flagsOf(9)])),
];

export const echoInterface = "test:echo/api@1.0.0";
export const hostInterface = "test:echo/host@1.0.0";

/**
 * A component that exports, for each type, a function which hands its argument to an import of the same type and returns what
 * that answers. A value passes four conversions: into the guest, out to the host, back into the guest, and out.
 */
export async function echoComponent(
  types: readonly EchoType[],
  encoding: "utf8" | "utf16" | "compact-utf16" = "utf8",
): Promise<Uint8Array> {
  const definitions = [...new Set(types.flatMap((type) => type.definitions))];
  const uses = definitions.flatMap((text) => /^\w+ (t\d+)/.exec(text)?.[1] ?? []);
  const use = uses.length === 0 ? "" : `use types.{${uses.join(", ")}};`;
  const funcs = types.map((type, i) => `echo${i}: func(x: ${type.wit}) -> ${type.wit};`).join("\n");
  const wit = `package test:echo@1.0.0;
    interface types { ${definitions.join("\n")} }
    interface host { ${use} ${funcs} }
    interface api { ${use} ${funcs} }
    world w { import host; export api; }`;
  const imports: string[] = [];
  const exports: string[] = [];
  for (const [i, { type }] of types.entries()) {
    const func: FuncType = { kind: "func", async: false, params: [{ name: "x", type }], result: type };
    const lower = coreSignature(func, "lower");
    const lift = coreSignature(func, "lift");
    imports.push(
      `(import "${hostInterface}" "echo${i}" (func $echo${i} ${list("param", lower.params)} ${list("result", lower.results)}))`,
    );
    const args = lift.params.map((_, j) => `(local.get ${j})`).join(" ");
    const body =
      lower.params.length > lift.params.length
        ? `(call $echo${i} ${args} (i32.const 64)) (i32.const 64)`
        : `(call $echo${i} ${args})`;
    exports.push(
      `(func (export "${echoInterface}#echo${i}") ${list("param", lift.params)} ${list("result", lift.results)} ${body})
       (func (export "cabi_post_${echoInterface}#echo${i}") ${list("param", lift.results)} (global.set $next (i32.const 4096)))`,
    );
  }
  const core = `(module ${imports.join("\n")} ${allocator} ${exports.join("\n")})`;
  const embedded = await componentEmbed({
    binary: await parse(core),
    witSource: wit,
    stringEncoding: encoding,
  });
  return componentNew(embedded);
}

function list(head: string, items: readonly string[]): string {
  return items.length === 0 ? "" : `(${head} ${items.join(" ")})`;
}

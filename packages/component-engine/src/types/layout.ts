import type { CoreFuncType, CoreValueType } from "../core/module-types.js";
import { memoized } from "./memoized.js";
import { typesOf } from "./parts.js";
import type { FuncType, ValueType } from "./value-types.js";

/** Sizes, alignments and flattening of value types. Source: component-model, design/mvp/CanonicalABI.md. */

export const maxFlatParams = 16;
export const maxFlatResults = 1;

/** An element is about 100 bytes of the host; a property takes up to 50 of them, an item of an array 8. */
const propertiesPerElement = 2;
const itemsPerElement = 12;

export type FlatType = "i32" | "i64" | "f32" | "f64";

export interface Layout {
  readonly size: number;
  readonly alignment: number;
  /** Core values that the type flattens to; cut at one more than can be passed flat. */
  readonly flat: readonly FlatType[];
  /** Offsets of fields or items; for variants, options and results, of the payload. */
  readonly offsets: readonly number[];
  /** Whether lifting the type reads anything behind a pointer. */
  readonly pointers: boolean;
  /** What one value of the type costs in JavaScript, in elements ({@link EngineLimits}); what is behind pointers not counted. */
  readonly nodes: number;
}

/** The layout of a type; computed once per type, if it has parts. */
export function layoutOf(type: ValueType): Layout {
  return type.depth === 1 ? computeLayout(type) : layoutOfParts(type);
}

const layoutOfParts = memoized(computeLayout);

function scalar(size: 1 | 2 | 4 | 8, flat: FlatType): Layout {
  return { size, alignment: size, flat: [flat], offsets: [], pointers: false, nodes: 0 };
}

const scalars = {
  1: scalar(1, "i32"),
  2: scalar(2, "i32"),
  4: scalar(4, "i32"),
  i64: scalar(8, "i64"),
  f32: scalar(4, "f32"),
  f64: scalar(8, "f64"),
} as const;

const pointerPair: Layout = {
  size: 8,
  alignment: 4,
  flat: ["i32", "i32"],
  offsets: [],
  pointers: true,
  nodes: 1,
};

function computeLayout(type: ValueType): Layout {
  switch (type.kind) {
    case "bool":
    case "s8":
    case "u8":
      return scalars[1];
    case "s16":
    case "u16":
      return scalars[2];
    case "s32":
    case "u32":
    case "char":
    case "own":
    case "borrow":
      return scalars[4];
    case "s64":
    case "u64":
      return scalars.i64;
    case "f32":
    case "f64":
      return scalars[type.kind];
    case "string":
    case "list":
      return pointerPair;
    case "record":
      return product(typesOf(type.fields), propertiesPerElement);
    case "tuple":
      return product(type.items, itemsPerElement);
    case "flags": {
      const size = type.labels.length <= 8 ? 1 : type.labels.length <= 16 ? 2 : 4;
      return { ...scalars[size], nodes: 1 + Math.floor(type.labels.length / propertiesPerElement) };
    }
    case "enum":
      return scalars[discriminantSize(type.labels.length)];
    case "variant":
      return sum(typesOf(type.cases));
    case "option":
      return sum([undefined, type.some]);
    case "result":
      return sum([type.ok, type.err]);
    default:
      return scalars[4];
  }
}

function product(items: readonly ValueType[], perElement: number): Layout {
  let size = 0;
  let alignment = 1;
  let pointers = false;
  let nodes = 1 + Math.floor(items.length / perElement);
  const offsets: number[] = [];
  const flat: FlatType[] = [];
  for (const item of items) {
    const layout = layoutOf(item);
    size = alignTo(size, layout.alignment);
    offsets.push(size);
    size += layout.size;
    alignment = Math.max(alignment, layout.alignment);
    pointers ||= layout.pointers;
    nodes += layout.nodes;
    for (const type of layout.flat) if (flat.length <= maxFlatParams) flat.push(type);
  }
  return { size: alignTo(size, alignment), alignment, flat, offsets, pointers, nodes };
}

function sum(payloads: readonly (ValueType | undefined)[]): Layout {
  const discriminant = discriminantSize(payloads.length);
  let alignment = 1;
  let size = 0;
  let pointers = false;
  let nodes = 0;
  const joined: FlatType[] = [];
  for (const payload of payloads) {
    if (payload === undefined) continue;
    const layout = layoutOf(payload);
    alignment = Math.max(alignment, layout.alignment);
    size = Math.max(size, layout.size);
    pointers ||= layout.pointers;
    nodes = Math.max(nodes, layout.nodes);
    let i = 0;
    for (const flat of layout.flat) {
      const other = joined[i];
      joined[i] = other === undefined ? flat : join(other, flat);
      i += 1;
    }
  }
  const offset = alignTo(discriminant, alignment);
  const whole = Math.max(alignment, discriminant);
  return {
    size: alignTo(offset + size, whole),
    alignment: whole,
    flat: ["i32", ...joined],
    offsets: [offset],
    pointers,
    nodes: nodes + 1,
  };
}

/** The core type that can hold either of two core types (`join` in the canonical ABI). */
function join(a: FlatType, b: FlatType): FlatType {
  if (a === b) return a;
  if ((a === "i32" && b === "f32") || (a === "f32" && b === "i32")) return "i32";
  return "i64";
}

/** Bytes of the discriminant of a variant with that many cases. */
export function discriminantSize(cases: number): 1 | 2 | 4 {
  if (cases <= 0x100) return 1;
  return cases <= 0x10000 ? 2 : 4;
}

export function alignTo(offset: number, alignment: number): number {
  return Math.ceil(offset / alignment) * alignment;
}

/** The tuple of a function's parameters, laid out as it is when they do not fit {@link maxFlatParams} core values. */
export interface FuncLayout {
  readonly params: Layout;
  readonly flatParams: readonly FlatType[];
  readonly flatResults: readonly FlatType[];
  /** Whether parameters are passed in memory, by pointer. */
  readonly spilledParams: boolean;
  /** Whether the result is passed in memory, by pointer. */
  readonly spilledResult: boolean;
}

export const funcLayoutOf = memoized((type: FuncType): FuncLayout => {
  const params = product(typesOf(type.params), itemsPerElement);
  const flatResults = type.result === undefined ? [] : layoutOf(type.result).flat;
  return {
    params,
    flatParams: params.flat,
    flatResults,
    spilledParams: params.flat.length > maxFlatParams,
    spilledResult: flatResults.length > maxFlatResults,
  };
});

/** The core signature of the function that `canon lift` takes, or that `canon lower` makes. */
export function coreSignature(type: FuncType, direction: "lift" | "lower"): CoreFuncType {
  const layout = funcLayoutOf(type);
  const params: CoreValueType[] = layout.spilledParams ? ["i32"] : [...layout.flatParams];
  if (!layout.spilledResult) return { params, results: layout.flatResults };
  if (direction === "lift") return { params, results: ["i32"] };
  return { params: [...params, "i32"], results: [] };
}

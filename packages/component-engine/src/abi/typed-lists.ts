import type { ValueType } from "../types/value-types.js";

export type NumberArray =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | BigUint64Array
  | BigInt64Array
  | Float32Array
  | Float64Array;

/** How a list of numbers is copied as one block. */
export interface TypedList {
  readonly name: string;
  create(buffer: ArrayBuffer): NumberArray;
  is(value: unknown): value is NumberArray;
  readonly float: boolean;
}

const littleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

function typed(
  create: (buffer: ArrayBuffer) => NumberArray,
  is: (value: unknown) => value is NumberArray,
  name: string,
  float = false,
): TypedList {
  return { create, is, name, float };
}

const typedLists: ReadonlyMap<string, TypedList> = new Map([
  [
    "u8",
    typed(
      (b) => new Uint8Array(b),
      (v): v is Uint8Array => v instanceof Uint8Array,
      "Uint8Array",
    ),
  ],
  [
    "s8",
    typed(
      (b) => new Int8Array(b),
      (v): v is Int8Array => v instanceof Int8Array,
      "Int8Array",
    ),
  ],
  [
    "u16",
    typed(
      (b) => new Uint16Array(b),
      (v): v is Uint16Array => v instanceof Uint16Array,
      "Uint16Array",
    ),
  ],
  [
    "s16",
    typed(
      (b) => new Int16Array(b),
      (v): v is Int16Array => v instanceof Int16Array,
      "Int16Array",
    ),
  ],
  [
    "u32",
    typed(
      (b) => new Uint32Array(b),
      (v): v is Uint32Array => v instanceof Uint32Array,
      "Uint32Array",
    ),
  ],
  [
    "s32",
    typed(
      (b) => new Int32Array(b),
      (v): v is Int32Array => v instanceof Int32Array,
      "Int32Array",
    ),
  ],
  [
    "u64",
    typed(
      (b) => new BigUint64Array(b),
      (v): v is BigUint64Array => v instanceof BigUint64Array,
      "BigUint64Array",
    ),
  ],
  [
    "s64",
    typed(
      (b) => new BigInt64Array(b),
      (v): v is BigInt64Array => v instanceof BigInt64Array,
      "BigInt64Array",
    ),
  ],
  [
    "f32",
    typed(
      (b) => new Float32Array(b),
      (v): v is Float32Array => v instanceof Float32Array,
      "Float32Array",
      true,
    ),
  ],
  [
    "f64",
    typed(
      (b) => new Float64Array(b),
      (v): v is Float64Array => v instanceof Float64Array,
      "Float64Array",
      true,
    ),
  ],
]);

/** The typed array of a list of these elements; `undefined` if the list becomes a plain array. */
export function typedListOf(element: ValueType): TypedList | undefined {
  return littleEndian ? typedLists.get(element.kind) : undefined;
}

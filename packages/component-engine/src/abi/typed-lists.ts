import type { ValueType } from "../types/value-types.js";

const arrays = {
  u8: Uint8Array,
  s8: Int8Array,
  u16: Uint16Array,
  s16: Int16Array,
  u32: Uint32Array,
  s32: Int32Array,
  u64: BigUint64Array,
  s64: BigInt64Array,
  f32: Float32Array,
  f64: Float64Array,
} as const;

/** The typed array of a list of numbers, which is copied as one block. */
export type NumberArray = (typeof arrays)[keyof typeof arrays];

const littleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** The typed array of a list of these elements; `undefined` if the list becomes a plain array. */
export function typedListOf({ kind }: ValueType): NumberArray | undefined {
  return littleEndian && Object.hasOwn(arrays, kind) ? arrays[kind as keyof typeof arrays] : undefined;
}

import { camelCase } from "../names.js";
import { discriminantSize, layoutOf } from "../types/layout.js";
import { memoized } from "../types/memoized.js";
import type { ValueType } from "../types/value-types.js";
import type { Guest } from "./guest.js";
import { propertyOf } from "./property.js";
import { rowIn, rowOf, type Row } from "./rows.js";
import { lowerScalarOf } from "./scalars.js";
import { storeString } from "./strings.js";
import { sumOf } from "./sums.js";
import { typedListOf } from "./typed-lists.js";
import { expected, failedWithin } from "./value-error.js";

/** Writes a value into memory that was checked to hold it. Throws `ValueError` if the value does not fit the type. */
export type Store<T = unknown> = (guest: Guest, value: T, pointer: number) => void;
/** Writes a string or list into memory that the guest allocates; answers with the pointer and sets `guest.stored` to its length. */
export type StorePointed = (guest: Guest, value: unknown) => number;

/** The writer of a type, made once. */
export const storeOf: (type: ValueType) => Store = memoized(makeStore);

function makeStore(type: ValueType): Store {
  const { size, offsets } = layoutOf(type);
  switch (type.kind) {
    case "string":
      return (guest, value, pointer) => {
        const target = storeString(guest, value);
        guest.view.setUint32(pointer, target, true);
        guest.view.setUint32(pointer + 4, guest.stored, true);
      };
    case "list": {
      const store = storePointedOf(type);
      return (guest, value, pointer) => {
        const target = store(guest, value);
        guest.view.setUint32(pointer, target, true);
        guest.view.setUint32(pointer + 4, guest.stored, true);
      };
    }
    case "record": {
      const fields = type.fields.map((field, i) => ({
        key: camelCase(field.name),
        store: storeOf(field.type),
        offset: offsets[i] ?? 0,
      }));
      return (guest, value, pointer) => {
        if (typeof value !== "object" || value === null) throw expected("an object", value);
        for (const field of fields) {
          try {
            field.store(guest, propertyOf(value, field.key), pointer + field.offset);
          } catch (error) {
            throw failedWithin(field.key, error, guest);
          }
        }
      };
    }
    case "tuple": {
      const store = storeRowOf(rowOf(type), offsets);
      return (guest, value, pointer) => store(guest, rowIn(value, type.items.length), pointer);
    }
    case "variant":
    case "option":
    case "result": {
      const sum = sumOf(type);
      const setCase = unsignedWriter(discriminantSize(sum.payloads.length));
      const offset = offsets[0] ?? 0;
      const payloads = sum.payloads.map((payload) => payload && storeOf(payload));
      return (guest, value, pointer) => {
        const index = sum.caseOf(value);
        setCase(guest, index, pointer);
        try {
          payloads[index]?.(guest, sum.payloadOf(value), pointer + offset);
        } catch (error) {
          throw failedWithin(sum.names[index] ?? "", error, guest);
        }
      };
    }
    case "f32": {
      const lower = lowerScalarOf(type);
      return (guest, value, pointer) => guest.view.setFloat32(pointer, Number(lower(value, guest)), true);
    }
    case "f64": {
      const lower = lowerScalarOf(type);
      return (guest, value, pointer) => guest.view.setFloat64(pointer, Number(lower(value, guest)), true);
    }
    case "s64":
    case "u64": {
      const lower = lowerScalarOf(type);
      return (guest, value, pointer) => guest.view.setBigInt64(pointer, BigInt(lower(value, guest)), true);
    }
    default: {
      const lower = lowerScalarOf(type);
      if (size === 1)
        return (guest, value, pointer) => guest.view.setUint8(pointer, Number(lower(value, guest)));
      if (size === 2)
        return (guest, value, pointer) => guest.view.setUint16(pointer, Number(lower(value, guest)), true);
      return (guest, value, pointer) => guest.view.setUint32(pointer, Number(lower(value, guest)), true);
    }
  }
}

function unsignedWriter(size: number): Store<number> {
  switch (size) {
    case 1:
      return (guest, value, pointer) => guest.view.setUint8(pointer, value);
    case 2:
      return (guest, value, pointer) => guest.view.setUint16(pointer, value, true);
    default:
      return (guest, value, pointer) => guest.view.setUint32(pointer, value, true);
  }
}

/** The writer of a row that stands at these offsets. */
export function storeRowOf(row: Row, offsets: readonly number[]): Store<readonly unknown[]> {
  const items = row.map(({ name, type }, i) => ({ name, store: storeOf(type), offset: offsets[i] ?? 0 }));
  return (guest, values, pointer) => {
    for (const [i, item] of items.entries()) {
      try {
        item.store(guest, values[i], pointer + item.offset);
      } catch (error) {
        throw failedWithin(item.name, error, guest);
      }
    }
  };
}

/** The writer of a string or list. */
export function storePointedOf(type: ValueType): StorePointed {
  if (type.kind !== "list") return storeString;
  const { element } = type;
  const { size, alignment } = layoutOf(element);
  const numbers = typedListOf(element);
  const float = element.kind.startsWith("f");
  const store = storeOf(element);
  return (guest, value) => {
    const typed = numbers !== undefined && value instanceof numbers;
    if (typed && !float) {
      const pointer = guest.allocate(value.byteLength, alignment);
      guest.u8.set(new Uint8Array(value.buffer, value.byteOffset, value.byteLength), pointer);
      guest.stored = value.length;
      return pointer;
    }
    if (!typed && !Array.isArray(value)) {
      throw expected(numbers === undefined ? "an array" : `a ${numbers.name} or an array`, value);
    }
    const { length }: ArrayLike<unknown> = value;
    if (!Number.isSafeInteger(length) || length < 0) throw expected("an array", value);
    const pointer = guest.allocate(length * size, alignment);
    let i = 0;
    try {
      for (; i < length; i++) store(guest, value[i], pointer + i * size);
    } catch (error) {
      throw failedWithin(`${i}`, error, guest);
    }
    guest.stored = length;
    return pointer;
  };
}

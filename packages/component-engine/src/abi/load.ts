import { typedListOf } from "./typed-lists.js";
import { loadString } from "./strings.js";
import { camelCase } from "../names.js";
import { discriminantSize, layoutOf } from "../types/layout.js";
import { memoized } from "../types/memoized.js";
import type { ValueType } from "../types/value-types.js";
import type { Guest } from "./guest.js";
import { rowOf, type Row } from "./rows.js";
import { sumOf } from "./sums.js";
import { badCase, liftScalarOf } from "./scalars.js";

/** Reads a value from memory that was checked to hold it. */
export type Load<T = unknown> = (guest: Guest, pointer: number) => T;
/** Reads a string or list behind a pointer that is not yet checked. */
export type LoadPointed = (guest: Guest, pointer: number, length: number) => unknown;

/** The loader of a type, made once. */
export const loadOf: (type: ValueType) => Load = memoized(makeLoad);

function makeLoad(type: ValueType): Load {
  const { size, offsets } = layoutOf(type);
  switch (type.kind) {
    case "bool":
      return (guest, pointer) => guest.view.getUint8(pointer) !== 0;
    case "s8":
      return (guest, pointer) => guest.view.getInt8(pointer);
    case "s16":
      return (guest, pointer) => guest.view.getInt16(pointer, true);
    case "s32":
      return (guest, pointer) => guest.view.getInt32(pointer, true);
    case "u8":
    case "u16":
    case "u32":
      return unsignedReader(size);
    case "u64":
      return (guest, pointer) => guest.view.getBigUint64(pointer, true);
    case "s64":
      return (guest, pointer) => guest.view.getBigInt64(pointer, true);
    case "f32":
      return (guest, pointer) => guest.view.getFloat32(pointer, true);
    case "f64":
      return (guest, pointer) => guest.view.getFloat64(pointer, true);
    case "string":
      return (guest, pointer) =>
        loadString(guest, guest.view.getUint32(pointer, true), guest.view.getUint32(pointer + 4, true));
    case "list": {
      const load = loadPointedOf(type);
      return (guest, pointer) =>
        load(guest, guest.view.getUint32(pointer, true), guest.view.getUint32(pointer + 4, true));
    }
    case "record": {
      const fields = type.fields.map((field, i) => ({
        key: camelCase(field.name),
        load: loadOf(field.type),
        offset: offsets[i] ?? 0,
      }));
      return (guest, pointer) => {
        const record: Record<string, unknown> = {};
        for (const field of fields) record[field.key] = field.load(guest, pointer + field.offset);
        return record;
      };
    }
    case "tuple":
      return loadRowOf(rowOf(type), offsets);
    case "variant":
    case "option":
    case "result": {
      const sum = sumOf(type);
      const read = unsignedReader(discriminantSize(sum.payloads.length));
      const offset = offsets[0] ?? 0;
      const payloads = sum.payloads.map((payload) => payload && loadOf(payload));
      const count = payloads.length;
      return (guest, pointer) => {
        const index = read(guest, pointer);
        if (index >= count) throw badCase(index, count, "a variant");
        return sum.wrap(index, payloads[index]?.(guest, pointer + offset));
      };
    }
    default: {
      const lift = liftScalarOf(type);
      const read = unsignedReader(size);
      return (guest, pointer) => lift(read(guest, pointer), guest);
    }
  }
}

function unsignedReader(size: number): Load<number> {
  switch (size) {
    case 1:
      return (guest, pointer) => guest.view.getUint8(pointer);
    case 2:
      return (guest, pointer) => guest.view.getUint16(pointer, true);
    default:
      return (guest, pointer) => guest.view.getUint32(pointer, true);
  }
}

/** The loader of a row that stands at these offsets. */
export function loadRowOf(row: Row, offsets: readonly number[]): Load<unknown[]> {
  const items = row.map(({ type }, i) => ({ load: loadOf(type), offset: offsets[i] ?? 0 }));
  return (guest, pointer) => items.map((item) => item.load(guest, pointer + item.offset));
}

/** The loader of a string or list from a pointer and a length that the guest chose. */
export function loadPointedOf(type: ValueType): LoadPointed {
  if (type.kind !== "list") return loadString;
  const { element } = type;
  const { size, alignment, nodes } = layoutOf(element);
  const numbers = typedListOf(element);
  if (numbers !== undefined) {
    return (guest, pointer, length) => {
      guest.check(pointer, length * size, alignment, `a list of ${length}`);
      guest.charge(length * size, 1);
      return new numbers(guest.u8.buffer.slice(pointer, pointer + length * size));
    };
  }
  const load = loadOf(element);
  const cost = nodes + 1;
  return (guest, pointer, length) => {
    guest.check(pointer, length * size, alignment, `a list of ${length}`);
    guest.charge(length * size, length * cost);
    const items: unknown[] = [];
    for (let i = 0; i < length; i++) items.push(load(guest, pointer + i * size));
    return items;
  };
}

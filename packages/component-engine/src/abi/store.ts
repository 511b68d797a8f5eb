import { propertyOf } from "./property.js";
import { camelCase } from "../names.js";
import { discriminantSize, layoutOf } from "../types/layout.js";
import { resolveResource, type TypeOf, type ValueType } from "../types/value-types.js";
import type { Guest } from "./guest.js";
import { lowerScalarOf } from "./scalars.js";
import { storeString } from "./strings.js";
import { sumOf } from "./sums.js";
import { typedListOf } from "./typed-lists.js";
import { expected, failedWithin, guestError } from "./value-error.js";

/** Writes a value into memory that was checked to hold it. Throws `ValueError` if the value does not fit the type. */
export type Store = (guest: Guest, value: unknown, pointer: number) => void;
/** Writes a list into memory that the guest allocates; answers with the pointer and sets `guest.stored` to its length. */
export type StoreList = (guest: Guest, value: unknown) => number;

const stores = new WeakMap<ValueType, Store>();

/** The writer of a type, made once. */
export function storeOf(type: ValueType): Store {
  const known = stores.get(type);
  if (known !== undefined) return known;
  const store = makeStore(type);
  stores.set(type, store);
  return store;
}

function makeStore(type: ValueType): Store {
  switch (type.kind) {
    case "string":
      return (guest, value, pointer) => {
        const target = storeString(guest, value);
        guest.view.setUint32(pointer, target, true);
        guest.view.setUint32(pointer + 4, guest.stored, true);
      };
    case "list": {
      const list = storeListOf(type);
      return (guest, value, pointer) => {
        const target = list(guest, value);
        guest.view.setUint32(pointer, target, true);
        guest.view.setUint32(pointer + 4, guest.stored, true);
      };
    }
    case "record":
      return makeRecordStore(type);
    case "tuple": {
      const { offsets } = layoutOf(type);
      const items = type.items.map((item, i) => ({ store: storeOf(item), offset: offsets[i] ?? 0 }));
      return (guest, value, pointer) => {
        if (!Array.isArray(value) || value.length !== items.length) {
          throw expected(`an array of ${items.length} items`, value);
        }
        for (const [i, item] of items.entries()) {
          inside(`${i}`, guest, () => item.store(guest, value[i], pointer + item.offset));
        }
      };
    }
    case "variant":
    case "option":
    case "result":
      return makeSumStore(type);
    case "own":
    case "borrow": {
      const lower = lowerHandleOf(type);
      return (guest, value, pointer) => guest.view.setUint32(pointer, lower(guest, value), true);
    }
    case "unsupported":
      return () => {
        throw guestError(`${type.feature} cannot be lowered`);
      };
    default:
      return makeScalarStore(type);
  }
}

function makeScalarStore(type: ValueType): Store {
  const lower = lowerScalarOf(type);
  if (lower === undefined) throw new Error("a scalar has a lowerer");
  const number = (value: unknown): number => Number(lower(value));
  switch (type.kind) {
    case "f32":
      return (guest, value, pointer) => guest.view.setFloat32(pointer, number(value), true);
    case "f64":
      return (guest, value, pointer) => guest.view.setFloat64(pointer, number(value), true);
    case "s64":
    case "u64":
      return (guest, value, pointer) => guest.view.setBigInt64(pointer, BigInt(lower(value)), true);
    default:
      break;
  }
  switch (layoutOf(type).size) {
    case 1:
      return (guest, value, pointer) => guest.view.setUint8(pointer, number(value));
    case 2:
      return (guest, value, pointer) => guest.view.setUint16(pointer, number(value), true);
    default:
      return (guest, value, pointer) => guest.view.setUint32(pointer, number(value), true);
  }
}

function makeRecordStore(type: TypeOf<"record">): Store {
  const { offsets } = layoutOf(type);
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

function makeSumStore(type: TypeOf<"variant" | "option" | "result">): Store {
  const sum = sumOf(type);
  if (sum === undefined) throw new Error("a sum type has cases");
  const size = discriminantSize(sum.payloads.length);
  const offset = layoutOf(type).offsets[0] ?? 0;
  const payloads = sum.payloads.map((payload) => (payload === undefined ? undefined : storeOf(payload)));
  return (guest, value, pointer) => {
    const index = sum.caseOf(value);
    if (size === 1) guest.view.setUint8(pointer, index);
    else if (size === 2) guest.view.setUint16(pointer, index, true);
    else guest.view.setUint32(pointer, index, true);
    const store = payloads[index];
    if (store !== undefined) {
      inside(sum.names[index] ?? "", guest, () => store(guest, sum.payloadOf(value), pointer + offset));
    }
  };
}

/** The writer of a list. */
export function storeListOf(type: TypeOf<"list">): StoreList {
  const { element } = type;
  const { size, alignment } = layoutOf(element);
  const typed = typedListOf(element);
  const store = storeOf(element);
  return (guest, value) => {
    if (typed !== undefined && typed.is(value) && !typed.float) {
      const pointer = guest.allocate(value.byteLength, alignment);
      guest.u8.set(new Uint8Array(value.buffer, value.byteOffset, value.byteLength), pointer);
      guest.stored = value.length;
      return pointer;
    }
    const items: ArrayLike<unknown> | undefined =
      Array.isArray(value) || (typed !== undefined && typed.is(value))
        ? (value as ArrayLike<unknown>)
        : undefined;
    if (items === undefined)
      throw expected(typed === undefined ? "an array" : `a ${typed.name} or an array`, value);
    const { length } = items;
    if (!Number.isSafeInteger(length) || length < 0) throw expected("an array", value);
    const pointer = guest.allocate(length * size, alignment);
    for (let i = 0; i < length; i++) {
      try {
        store(guest, items[i], pointer + i * size);
      } catch (error) {
        throw failedWithin(`${i}`, error, guest);
      }
    }
    guest.stored = length;
    return pointer;
  };
}

/** Hands the guest a handle, owned or borrowed. */
export function lowerHandleOf(type: TypeOf<"own" | "borrow">): (guest: Guest, value: unknown) => number {
  const resource = resolveResource(type.resource).definition;
  const owned = type.kind === "own";
  return (guest, value) => {
    const { instance, host } = guest;
    const rep = host === undefined ? value : host.lower(resource, value, owned);
    // The instance that defines a resource works on representations, not on borrowed handles.
    if (!owned && instance.defines.has(resource)) return Number(rep);
    const index = owned ? instance.takeOwn(resource, rep) : instance.takeBorrow(resource, rep);
    host?.placed(index);
    return index;
  };
}

function inside(step: string, guest: Guest, run: () => void): void {
  try {
    run();
  } catch (error) {
    throw failedWithin(step, error, guest);
  }
}

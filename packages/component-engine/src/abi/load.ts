import { assertNever } from "@novywave/base";
import { camelCase } from "../names.js";
import { discriminantSize, layoutOf } from "../types/layout.js";
import { resolveResource, type TypeOf, type ValueType } from "../types/value-types.js";
import type { Guest } from "./guest.js";
import { liftScalarOf } from "./scalars.js";
import { loadString } from "./strings.js";
import { sumOf } from "./sums.js";
import { typedListOf } from "./typed-lists.js";
import { guestError } from "./value-error.js";

/** Reads a value from memory that was checked to hold it. */
export type Load = (guest: Guest, pointer: number) => unknown;
/** Reads a list behind a pointer that is not yet checked. */
export type LoadList = (guest: Guest, pointer: number, length: number) => unknown;

const loads = new WeakMap<ValueType, Load>();

/** The loader of a type, made once. */
export function loadOf(type: ValueType): Load {
  const known = loads.get(type);
  if (known !== undefined) return known;
  const load = makeLoad(type);
  loads.set(type, load);
  return load;
}

function makeLoad(type: ValueType): Load {
  switch (type.kind) {
    case "bool":
      return (guest, pointer) => guest.view.getUint8(pointer) !== 0;
    case "u8":
      return (guest, pointer) => guest.view.getUint8(pointer);
    case "s8":
      return (guest, pointer) => guest.view.getInt8(pointer);
    case "u16":
      return (guest, pointer) => guest.view.getUint16(pointer, true);
    case "s16":
      return (guest, pointer) => guest.view.getInt16(pointer, true);
    case "u32":
      return (guest, pointer) => guest.view.getUint32(pointer, true);
    case "s32":
      return (guest, pointer) => guest.view.getInt32(pointer, true);
    case "u64":
      return (guest, pointer) => guest.view.getBigUint64(pointer, true);
    case "s64":
      return (guest, pointer) => guest.view.getBigInt64(pointer, true);
    case "f32":
      return (guest, pointer) => guest.view.getFloat32(pointer, true);
    case "f64":
      return (guest, pointer) => guest.view.getFloat64(pointer, true);
    case "char":
    case "enum":
    case "flags": {
      const lift = liftScalarOf(type);
      const read = unsignedReader(layoutOf(type).size);
      if (lift === undefined) throw new Error("a scalar has a lifter");
      return (guest, pointer) => lift(read(guest, pointer));
    }
    case "string":
      return (guest, pointer) =>
        loadString(guest, guest.view.getUint32(pointer, true), guest.view.getUint32(pointer + 4, true));
    case "list": {
      const list = loadListOf(type);
      return (guest, pointer) =>
        list(guest, guest.view.getUint32(pointer, true), guest.view.getUint32(pointer + 4, true));
    }
    case "record": {
      const { offsets } = layoutOf(type);
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
    case "tuple": {
      const { offsets } = layoutOf(type);
      const items = type.items.map((item, i) => ({ load: loadOf(item), offset: offsets[i] ?? 0 }));
      return (guest, pointer) => items.map((item) => item.load(guest, pointer + item.offset));
    }
    case "variant":
    case "option":
    case "result":
      return makeSumLoad(type);
    case "own":
    case "borrow": {
      const lift = liftHandleOf(type);
      return (guest, pointer) => lift(guest, guest.view.getUint32(pointer, true));
    }
    case "unsupported":
      return () => {
        throw guestError(`${type.feature} cannot be lifted`);
      };
    default:
      return assertNever(type);
  }
}

function unsignedReader(size: number): (guest: Guest, pointer: number) => number {
  switch (size) {
    case 1:
      return (guest, pointer) => guest.view.getUint8(pointer);
    case 2:
      return (guest, pointer) => guest.view.getUint16(pointer, true);
    default:
      return (guest, pointer) => guest.view.getUint32(pointer, true);
  }
}

function makeSumLoad(type: TypeOf<"variant" | "option" | "result">): Load {
  const sum = sumOf(type);
  if (sum === undefined) throw new Error("a sum type has cases");
  const read = unsignedReader(discriminantSize(sum.payloads.length));
  const offset = layoutOf(type).offsets[0] ?? 0;
  const payloads = sum.payloads.map((payload) => (payload === undefined ? undefined : loadOf(payload)));
  const count = payloads.length;
  return (guest, pointer) => {
    const index = read(guest, pointer);
    if (index >= count) throw badDiscriminant(index, count);
    const load = payloads[index];
    return sum.wrap(index, load === undefined ? undefined : load(guest, pointer + offset));
  };
}

export function badDiscriminant(index: number, count: number): Error {
  return guestError(`${index} is no case of a variant of ${count} cases`);
}

/** The loader of a list from a pointer and a length that the guest chose. */
export function loadListOf(type: TypeOf<"list">): LoadList {
  const { element } = type;
  const { size, alignment, nodes } = layoutOf(element);
  const typed = typedListOf(element);
  if (typed !== undefined) {
    return (guest, pointer, length) => {
      guest.check(pointer, length * size, alignment, `a list of ${length}`);
      guest.charge(length * size, 1);
      return typed.create(guest.u8.buffer.slice(pointer, pointer + length * size));
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

/** Takes a handle from the guest, or borrows it. */
export function liftHandleOf(type: TypeOf<"own" | "borrow">): (guest: Guest, handle: number) => unknown {
  const resource = resolveResource(type.resource).definition;
  const owned = type.kind === "own";
  return (guest, handle) => {
    const { instance, host } = guest;
    const rep = owned ? instance.giveOwn(handle, resource) : instance.lend(handle, resource);
    return host === undefined ? rep : host.lift(resource, rep, owned);
  };
}

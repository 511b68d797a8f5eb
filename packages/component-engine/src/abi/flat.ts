import { propertyOf } from "./property.js";
import { camelCase } from "../names.js";
import { layoutOf, type FlatType } from "../types/layout.js";
import type { TypeOf, ValueType } from "../types/value-types.js";
import type { CoreValue, Guest } from "./guest.js";
import { badDiscriminant, liftHandleOf, loadListOf } from "./load.js";
import { liftScalarOf, lowerScalarOf } from "./scalars.js";
import { loadString, storeString } from "./strings.js";
import { lowerHandleOf, storeListOf } from "./store.js";
import { sumOf } from "./sums.js";
import { expected, failedWithin, guestError } from "./value-error.js";

/** Values passed as core values. Positions are known per function, so they are compiled in; payloads of variants share slots. */

export type LiftFlat = (guest: Guest, core: readonly CoreValue[]) => unknown;
export type LowerFlat = (guest: Guest, value: unknown, core: CoreValue[]) => void;

const floatBits = new DataView(new ArrayBuffer(8));

/** Reads core value `position`, which stands in a slot of type `slot`, as a value of type `want`. */
function reader(want: FlatType, slot: FlatType, position: number): (core: readonly CoreValue[]) => CoreValue {
  if (want === slot || (want === "i32" && slot === "i32")) return (core) => core[position] ?? 0;
  if (want === "i32" && slot === "i64")
    return (core) => Number(BigInt.asUintN(32, BigInt(core[position] ?? 0)));
  if (want === "f32") {
    return (core) => {
      floatBits.setUint32(0, Number(BigInt.asUintN(32, BigInt(core[position] ?? 0))));
      return floatBits.getFloat32(0);
    };
  }
  return (core) => {
    floatBits.setBigInt64(0, BigInt(core[position] ?? 0));
    return floatBits.getFloat64(0);
  };
}

/** Turns a core value of type `have` into one for a slot of type `slot`. */
function converter(have: FlatType, slot: FlatType): ((value: CoreValue) => CoreValue) | undefined {
  if (have === slot) return undefined;
  const toSlot =
    slot === "i64" ? (bits: number): CoreValue => BigInt(bits >>> 0) : (bits: number): CoreValue => bits;
  if (have === "i32") return (value) => toSlot(Number(value));
  if (have === "f32") {
    return (value) => {
      floatBits.setFloat32(0, Number(value));
      return toSlot(floatBits.getUint32(0));
    };
  }
  return (value) => {
    floatBits.setFloat64(0, Number(value));
    return floatBits.getBigInt64(0);
  };
}

/** The lifter of a type whose core values begin at `position` in `slots`. */
export function liftFlatOf(type: ValueType, slots: readonly FlatType[], position: number): LiftFlat {
  const slot = (i: number): FlatType => slots[position + i] ?? "i32";
  const read = (i: number): ((core: readonly CoreValue[]) => CoreValue) =>
    reader(layoutOf(type).flat[i] ?? "i32", slot(i), position + i);
  const scalar = liftScalarOf(type);
  if (scalar !== undefined) {
    const value = read(0);
    return (_, core) => scalar(value(core));
  }
  switch (type.kind) {
    case "string": {
      const pointer = read(0);
      const length = read(1);
      return (guest, core) => loadString(guest, Number(pointer(core)) >>> 0, Number(length(core)) >>> 0);
    }
    case "list": {
      const pointer = read(0);
      const length = read(1);
      const list = loadListOf(type);
      return (guest, core) => list(guest, Number(pointer(core)) >>> 0, Number(length(core)) >>> 0);
    }
    case "record": {
      let next = position;
      const fields = type.fields.map((field) => {
        const lift = liftFlatOf(field.type, slots, next);
        next += layoutOf(field.type).flat.length;
        return { key: camelCase(field.name), lift };
      });
      return (guest, core) => {
        const record: Record<string, unknown> = {};
        for (const field of fields) record[field.key] = field.lift(guest, core);
        return record;
      };
    }
    case "tuple": {
      let next = position;
      const items = type.items.map((item) => {
        const lift = liftFlatOf(item, slots, next);
        next += layoutOf(item).flat.length;
        return lift;
      });
      return (guest, core) => items.map((lift) => lift(guest, core));
    }
    case "variant":
    case "option":
    case "result": {
      const sum = sumOf(type);
      if (sum === undefined) throw new Error("a sum type has cases");
      const discriminant = read(0);
      const payloads = sum.payloads.map((payload) =>
        payload === undefined ? undefined : liftFlatOf(payload, slots, position + 1),
      );
      return (guest, core) => {
        const index = Number(discriminant(core)) >>> 0;
        if (index >= payloads.length) throw badDiscriminant(index, payloads.length);
        return sum.wrap(index, payloads[index]?.(guest, core));
      };
    }
    case "own":
    case "borrow": {
      const handle = read(0);
      const lift = liftHandleOf(type);
      return (guest, core) => lift(guest, Number(handle(core)) >>> 0);
    }
    default:
      return () => {
        throw guestError("an unsupported type cannot be lifted");
      };
  }
}

/** The lowerer of a type whose core values begin at `position` in `slots`. Throws `ValueError` if the value does not fit. */
export function lowerFlatOf(type: ValueType, slots: readonly FlatType[], position: number): LowerFlat {
  const slot = (i: number): FlatType => slots[position + i] ?? "i32";
  const pair = (guest: Guest, first: CoreValue, core: CoreValue[]): void => {
    core[position] = wide(0, first);
    core[position + 1] = wide(1, guest.stored);
  };
  const wide = (i: number, value: CoreValue): CoreValue => (slot(i) === "i64" ? BigInt(value) : value);
  const scalar = lowerScalarOf(type);
  if (scalar !== undefined) {
    const convert = converter(layoutOf(type).flat[0] ?? "i32", slot(0));
    if (convert === undefined) {
      return (_, value, core) => {
        core[position] = scalar(value);
      };
    }
    return (_, value, core) => {
      core[position] = convert(scalar(value));
    };
  }
  switch (type.kind) {
    case "string":
      return (guest, value, core) => pair(guest, storeString(guest, value), core);
    case "list": {
      const list = storeListOf(type);
      return (guest, value, core) => pair(guest, list(guest, value), core);
    }
    case "record":
      return lowerRecord(type, slots, position);
    case "tuple": {
      let next = position;
      const items = type.items.map((item) => {
        const lower = lowerFlatOf(item, slots, next);
        next += layoutOf(item).flat.length;
        return lower;
      });
      return (guest, value, core) => {
        if (!Array.isArray(value) || value.length !== items.length) {
          throw expected(`an array of ${items.length} items`, value);
        }
        for (const [i, lower] of items.entries()) within(`${i}`, lower, guest, value[i], core);
      };
    }
    case "variant":
    case "option":
    case "result":
      return lowerSum(type, slots, position);
    case "own":
    case "borrow": {
      const lower = lowerHandleOf(type);
      return (guest, value, core) => {
        core[position] = wide(0, lower(guest, value));
      };
    }
    default:
      return () => {
        throw guestError("an unsupported type cannot be lowered");
      };
  }
}

function lowerRecord(type: TypeOf<"record">, slots: readonly FlatType[], position: number): LowerFlat {
  let next = position;
  const fields = type.fields.map((field) => {
    const lower = lowerFlatOf(field.type, slots, next);
    next += layoutOf(field.type).flat.length;
    return { key: camelCase(field.name), lower };
  });
  return (guest, value, core) => {
    if (typeof value !== "object" || value === null) throw expected("an object", value);
    for (const { key, lower } of fields) {
      try {
        lower(guest, propertyOf(value, key), core);
      } catch (error) {
        throw failedWithin(key, error, guest);
      }
    }
  };
}

function lowerSum(
  type: TypeOf<"variant" | "option" | "result">,
  slots: readonly FlatType[],
  position: number,
): LowerFlat {
  const sum = sumOf(type);
  if (sum === undefined) throw new Error("a sum type has cases");
  const end = position + layoutOf(type).flat.length;
  const zeros = slots.slice(0, end).map((slot): CoreValue => (slot === "i64" ? 0n : 0));
  const wideTag = slots[position] === "i64";
  const cases = sum.payloads.map((payload, i) => ({
    name: sum.names[i] ?? "",
    lower: payload === undefined ? undefined : lowerFlatOf(payload, slots, position + 1),
    end: position + 1 + (payload === undefined ? 0 : layoutOf(payload).flat.length),
  }));
  return (guest, value, core) => {
    const index = sum.caseOf(value);
    core[position] = wideTag ? BigInt(index) : index;
    const item = cases[index];
    if (item === undefined) return;
    if (item.lower !== undefined) within(item.name, item.lower, guest, sum.payloadOf(value), core);
    for (let i = item.end; i < end; i++) core[i] = zeros[i] ?? 0;
  };
}

function within(step: string, lower: LowerFlat, guest: Guest, value: unknown, core: CoreValue[]): void {
  try {
    lower(guest, value, core);
  } catch (error) {
    throw failedWithin(step, error, guest);
  }
}

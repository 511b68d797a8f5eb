import { camelCase } from "../names.js";
import { layoutOf, type FlatType } from "../types/layout.js";
import type { TypeOf, ValueType } from "../types/value-types.js";
import type { CoreValue, Guest } from "./guest.js";
import { loadPointedOf } from "./load.js";
import { propertyOf } from "./property.js";
import { mapFlat, rowIn, rowOf, type Row } from "./rows.js";
import { badCase, liftScalarOf, lowerScalarOf } from "./scalars.js";
import { storePointedOf } from "./store.js";
import { sumOf } from "./sums.js";
import { expected, failedWithin } from "./value-error.js";

/** Values passed as core values. Positions are known per function, so they are compiled in; payloads of variants share slots. */

export type LiftFlat<T = unknown> = (guest: Guest, core: readonly CoreValue[]) => T;
export type LowerFlat<T = unknown> = (guest: Guest, value: T, core: CoreValue[]) => void;

const floatBits = new DataView(new ArrayBuffer(8));

/** Reads core value `position`, which stands in a slot of type `slot`, as a value of type `want`. */
function reader(want: FlatType, slot: FlatType, position: number): (core: readonly CoreValue[]) => CoreValue {
  if (want === slot) return (core) => core[position] ?? 0;
  if (want === "i32") return (core) => Number(BigInt.asUintN(32, BigInt(core[position] ?? 0)));
  return (core) => {
    const bits = BigInt(core[position] ?? 0);
    floatBits.setBigInt64(0, want === "f32" ? bits << 32n : bits);
    return want === "f32" ? floatBits.getFloat32(0) : floatBits.getFloat64(0);
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

/** The lifter of a row. */
export function liftRowOf(row: Row, slots: readonly FlatType[], position: number): LiftFlat<unknown[]> {
  const lifts = mapFlat(row, position, ({ type }, at) => liftFlatOf(type, slots, at));
  return (guest, core) => lifts.map((lift) => lift(guest, core));
}

/** The lifter of a type whose core values begin at `position` in `slots`. */
export function liftFlatOf(type: ValueType, slots: readonly FlatType[], position: number): LiftFlat {
  const read = (i: number): ((core: readonly CoreValue[]) => CoreValue) =>
    reader(layoutOf(type).flat[i] ?? "i32", slots[position + i] ?? "i32", position + i);
  switch (type.kind) {
    case "string":
    case "list": {
      const pointer = read(0);
      const length = read(1);
      const load = loadPointedOf(type);
      return (guest, core) => load(guest, Number(pointer(core)) >>> 0, Number(length(core)) >>> 0);
    }
    case "record": {
      const fields = mapFlat(type.fields, position, (field, at) => ({
        key: camelCase(field.name),
        lift: liftFlatOf(field.type, slots, at),
      }));
      return (guest, core) => {
        const record: Record<string, unknown> = {};
        for (const field of fields) record[field.key] = field.lift(guest, core);
        return record;
      };
    }
    case "tuple":
      return liftRowOf(rowOf(type), slots, position);
    case "variant":
    case "option":
    case "result": {
      const sum = sumOf(type);
      const discriminant = read(0);
      const payloads = sum.payloads.map((payload) => payload && liftFlatOf(payload, slots, position + 1));
      return (guest, core) => {
        const index = Number(discriminant(core)) >>> 0;
        if (index >= payloads.length) throw badCase(index, payloads.length, "a variant");
        return sum.wrap(index, payloads[index]?.(guest, core));
      };
    }
    default: {
      const value = read(0);
      const lift = liftScalarOf(type);
      return (guest, core) => lift(value(core), guest);
    }
  }
}

/** The lowerer of a row. */
export function lowerRowOf(
  row: Row,
  slots: readonly FlatType[],
  position: number,
): LowerFlat<readonly unknown[]> {
  const lowers = mapFlat(row, position, ({ type }, at) => lowerFlatOf(type, slots, at));
  return (guest, values, core) => {
    let i = 0;
    try {
      for (; i < lowers.length; i++) lowers[i]?.(guest, values[i], core);
    } catch (error) {
      throw failedWithin(row[i]?.name ?? "", error, guest);
    }
  };
}

/** The lowerer of a type whose core values begin at `position` in `slots`. Throws `ValueError` if the value does not fit. */
export function lowerFlatOf(type: ValueType, slots: readonly FlatType[], position: number): LowerFlat {
  switch (type.kind) {
    case "string":
    case "list": {
      const store = storePointedOf(type);
      const wide = (i: number): boolean => slots[position + i] === "i64";
      const [widePointer, wideLength] = [wide(0), wide(1)];
      return (guest, value, core) => {
        const pointer = store(guest, value);
        core[position] = widePointer ? BigInt(pointer) : pointer;
        core[position + 1] = wideLength ? BigInt(guest.stored) : guest.stored;
      };
    }
    case "record": {
      const fields = mapFlat(type.fields, position, (field, at) => ({
        key: camelCase(field.name),
        lower: lowerFlatOf(field.type, slots, at),
      }));
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
    case "tuple": {
      const lower = lowerRowOf(rowOf(type), slots, position);
      return (guest, value, core) => lower(guest, rowIn(value, type.items.length), core);
    }
    case "variant":
    case "option":
    case "result":
      return lowerSum(type, slots, position);
    default: {
      const lower = lowerScalarOf(type);
      const convert = converter(layoutOf(type).flat[0] ?? "i32", slots[position] ?? "i32");
      if (convert === undefined) {
        return (guest, value, core) => {
          core[position] = lower(value, guest);
        };
      }
      return (guest, value, core) => {
        core[position] = convert(lower(value, guest));
      };
    }
  }
}

function lowerSum(
  type: TypeOf<"variant" | "option" | "result">,
  slots: readonly FlatType[],
  position: number,
): LowerFlat {
  const sum = sumOf(type);
  const end = position + layoutOf(type).flat.length;
  const zeros = slots.slice(0, end).map((slot): CoreValue => (slot === "i64" ? 0n : 0));
  const wideTag = slots[position] === "i64";
  const cases = sum.payloads.map((payload, i) => ({
    name: sum.names[i] ?? "",
    lower: payload && lowerFlatOf(payload, slots, position + 1),
    end: position + 1 + (payload === undefined ? 0 : layoutOf(payload).flat.length),
  }));
  return (guest, value, core) => {
    const index = sum.caseOf(value);
    core[position] = wideTag ? BigInt(index) : index;
    const item = cases[index];
    if (item === undefined) return;
    try {
      item.lower?.(guest, sum.payloadOf(value), core);
    } catch (error) {
      throw failedWithin(item.name, error, guest);
    }
    for (let i = item.end; i < end; i++) core[i] = zeros[i] ?? 0;
  };
}

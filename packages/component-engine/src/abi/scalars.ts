import { camelCase, listed } from "../names.js";
import { resolveResource, type ValueType } from "../types/value-types.js";
import type { CoreValue, Guest } from "./guest.js";
import { propertyOf } from "./property.js";
import { expected, guestError } from "./value-error.js";

/** Types whose value is one number in memory and one core value, with nothing behind it. A handle is one as well. */

export type LowerScalar = (value: unknown, guest: Guest) => CoreValue;
export type LiftScalar = (core: CoreValue, guest: Guest) => unknown;

function integer(min: number, max: number, name: string): LowerScalar {
  return (value) => {
    if (typeof value === "number" && value >= min && value <= max && Number.isInteger(value)) return value;
    throw expected(`${name} (a whole number from ${min} to ${max})`, value);
  };
}

function bigInteger(min: bigint, max: bigint, name: string): LowerScalar {
  return (value) => {
    const big = typeof value === "number" && Number.isSafeInteger(value) ? BigInt(value) : value;
    if (typeof big === "bigint" && big >= min && big <= max) return big;
    throw expected(`${name} (a bigint from ${min} to ${max})`, value);
  };
}

const lowerFloat: LowerScalar = (value) => {
  // The constant is the canonical NaN; a NaN that came from elsewhere may carry a payload.
  if (typeof value === "number") return Number.isNaN(value) ? NaN : value;
  throw expected("a number", value);
};

const lowerBool: LowerScalar = (value) => {
  if (typeof value === "boolean") return value ? 1 : 0;
  throw expected("a boolean", value);
};

const lowerChar: LowerScalar = (value) => {
  if (typeof value === "string" && value.length > 0 && value.length <= 2) {
    const code = value.codePointAt(0) ?? 0;
    if (isScalarValue(code) && code > 0xffff === (value.length === 2)) return code;
  }
  throw expected("a string of one character", value);
};

/** Unicode code points but for surrogates. */
function isScalarValue(code: number): boolean {
  return code < 0x110000 && (code < 0xd800 || code > 0xdfff);
}

/** The core value of a scalar. The value is checked, never coerced. */
export function lowerScalarOf(type: ValueType): LowerScalar {
  switch (type.kind) {
    case "bool":
      return lowerBool;
    case "f32":
    case "f64":
      return lowerFloat;
    case "char":
      return lowerChar;
    case "s64":
      return bigInteger(-(2n ** 63n), 2n ** 63n - 1n, "s64");
    case "u64":
      return bigInteger(0n, 2n ** 64n - 1n, "u64");
    case "enum": {
      const indices = indicesOf(type.labels);
      return (value) => {
        const index = indices.get(value);
        if (index === undefined) throw expected(`one of ${listLabels(type.labels)}`, value);
        return index;
      };
    }
    case "flags": {
      const keys = type.labels.map(camelCase);
      return (value) => {
        if (typeof value !== "object" || value === null) throw expected("an object of flags", value);
        let bits = 0;
        for (const [i, key] of keys.entries()) {
          if (propertyOf(value, key) === true) bits |= 1 << i;
        }
        return bits >>> 0;
      };
    }
    case "own":
    case "borrow": {
      const resource = resolveResource(type.resource).definition;
      const owned = type.kind === "own";
      return (value, guest) => lowerHandle(guest, resource, owned, value);
    }
    default: {
      const span = 2 ** bitsOf(type);
      const min = isSigned(type) ? span / -2 : 0;
      return integer(min, min + span - 1, type.kind);
    }
  }
}

/** The value of a scalar from its core value, which the guest chose: it is cut to the width of the type. */
export function liftScalarOf(type: ValueType): LiftScalar {
  switch (type.kind) {
    case "bool":
      return (core) => core !== 0;
    case "s64":
      return (core) => BigInt.asIntN(64, BigInt(core));
    case "u64":
      return (core) => BigInt.asUintN(64, BigInt(core));
    case "f32":
    case "f64":
      return (core) => core;
    case "char":
      return (core) => {
        const code = Number(core) >>> 0;
        if (!isScalarValue(code)) throw guestError(`0x${code.toString(16)} is no char`);
        return String.fromCodePoint(code);
      };
    case "enum": {
      const { labels } = type;
      return (core) => {
        const index = Number(core) >>> 0;
        const label = labels[index];
        if (label === undefined) throw badCase(index, labels.length, "an enum");
        return label;
      };
    }
    case "flags": {
      const keys = type.labels.map(camelCase);
      return (core) => {
        const bits = Number(core);
        const flags: Record<string, boolean> = {};
        for (const [i, key] of keys.entries()) flags[key] = (bits & (1 << i)) !== 0;
        return flags;
      };
    }
    case "own":
    case "borrow": {
      const resource = resolveResource(type.resource).definition;
      const owned = type.kind === "own";
      return (core, guest) => liftHandle(guest, resource, owned, Number(core) >>> 0);
    }
    default: {
      const cut = 32 - bitsOf(type);
      return isSigned(type)
        ? (core) => (Number(core) << cut) >> cut
        : (core) => (Number(core) << cut) >>> cut;
    }
  }
}

/** How many bits a number has, `8` in `s8`. */
function bitsOf(type: ValueType): number {
  return Number(type.kind.slice(1));
}

function isSigned(type: ValueType): boolean {
  return type.kind.startsWith("s");
}

/** Where each label stands. Whatever else JavaScript gives stands nowhere. */
export function indicesOf(labels: readonly string[]): ReadonlyMap<unknown, number> {
  return new Map(labels.map((label, i) => [label, i]));
}

export function listLabels(labels: readonly string[]): string {
  return listed(
    labels.map((label) => JSON.stringify(label)),
    8,
  );
}

export function badCase(index: number, count: number, what: string): Error {
  return guestError(`${index} is no case of ${what} of ${count} cases`);
}

/** Takes a handle from the guest, or borrows it. */
function liftHandle(guest: Guest, resource: number, owned: boolean, handle: number): unknown {
  const { instance, host } = guest;
  const rep = owned ? instance.giveOwn(handle, resource) : instance.lend(handle, resource);
  return host === undefined ? rep : host.lift(resource, rep, owned);
}

/** Hands the guest a handle, owned or borrowed. */
function lowerHandle(guest: Guest, resource: number, owned: boolean, value: unknown): number {
  const { instance, host } = guest;
  const rep = host === undefined ? value : host.lower(resource, value, owned);
  // The instance that defines a resource works on representations, not on borrowed handles.
  if (!owned && instance.defines.has(resource)) return Number(rep);
  const index = instance.take(resource, rep, owned);
  host?.placed(index);
  return index;
}

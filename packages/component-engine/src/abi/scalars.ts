import { propertyOf } from "./property.js";
import type { ValueType } from "../types/value-types.js";
import type { CoreValue } from "./guest.js";
import { camelCase } from "../names.js";
import { expected, guestError } from "./value-error.js";

/** Types whose value is one number in memory and one core value, with nothing behind it. */

export type LowerScalar = (value: unknown) => CoreValue;
export type LiftScalar = (core: CoreValue) => unknown;

function integer(min: number, max: number, name: string): LowerScalar {
  return (value) => {
    if (typeof value === "number" && value >= min && value <= max && Number.isInteger(value)) return value;
    throw expected(`${name} (a whole number from ${min} to ${max})`, value);
  };
}

function bigInteger(min: bigint, max: bigint, name: string): LowerScalar {
  return (value) => {
    if (typeof value === "bigint" && value >= min && value <= max) return value;
    if (typeof value === "number" && Number.isSafeInteger(value)) {
      const big = BigInt(value);
      if (big >= min && big <= max) return big;
    }
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
    if ((code < 0xd800 || code > 0xdfff) && code > 0xffff === (value.length === 2)) return code;
  }
  throw expected("a string of one character", value);
};

/** The core value of a scalar, or `undefined` if the type is none. The value is checked, never coerced. */
export function lowerScalarOf(type: ValueType): LowerScalar | undefined {
  switch (type.kind) {
    case "bool":
      return lowerBool;
    case "s8":
      return integer(-0x80, 0x7f, "s8");
    case "u8":
      return integer(0, 0xff, "u8");
    case "s16":
      return integer(-0x8000, 0x7fff, "s16");
    case "u16":
      return integer(0, 0xffff, "u16");
    case "s32":
      return integer(-0x80000000, 0x7fffffff, "s32");
    case "u32":
      return integer(0, 0xffffffff, "u32");
    case "s64":
      return bigInteger(-0x8000000000000000n, 0x7fffffffffffffffn, "s64");
    case "u64":
      return bigInteger(0n, 0xffffffffffffffffn, "u64");
    case "f32":
    case "f64":
      return lowerFloat;
    case "char":
      return lowerChar;
    case "enum": {
      const indices = new Map(type.labels.map((label, i) => [label, i]));
      return (value) => {
        const index = typeof value === "string" ? indices.get(value) : undefined;
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
    default:
      return undefined;
  }
}

/** The value of a scalar from its core value, which the guest chose: it is cut to the width of the type. */
export function liftScalarOf(type: ValueType): LiftScalar | undefined {
  switch (type.kind) {
    case "bool":
      return (core) => core !== 0;
    case "s8":
      return (core) => (Number(core) << 24) >> 24;
    case "u8":
      return (core) => Number(core) & 0xff;
    case "s16":
      return (core) => (Number(core) << 16) >> 16;
    case "u16":
      return (core) => Number(core) & 0xffff;
    case "s32":
      return (core) => Number(core) | 0;
    case "u32":
      return (core) => Number(core) >>> 0;
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
        if (code >= 0x110000 || (code >= 0xd800 && code <= 0xdfff)) {
          throw guestError(`0x${code.toString(16)} is no Unicode scalar value`);
        }
        return String.fromCodePoint(code);
      };
    case "enum": {
      const { labels } = type;
      return (core) => {
        const index = Number(core) >>> 0;
        const label = labels[index];
        if (label === undefined) throw guestError(`${index} is no case of an enum of ${labels.length} cases`);
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
    default:
      return undefined;
  }
}

export function listLabels(labels: readonly string[]): string {
  const shown = labels.slice(0, 8).map((label) => JSON.stringify(label));
  return labels.length > 8 ? `${shown.join(", ")}, …` : shown.join(", ");
}

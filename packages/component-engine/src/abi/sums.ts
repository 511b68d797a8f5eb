import type { TypeOf, ValueType } from "../types/value-types.js";
import { indicesOf, listLabels } from "./scalars.js";
import { expected } from "./value-error.js";

/** Variants, options and results seen alike: a case and its payload, and how JavaScript shows them. */
export interface Sum {
  readonly payloads: readonly (ValueType | undefined)[];
  readonly names: readonly string[];
  /** The JavaScript value of a case. */
  wrap(index: number, payload: unknown): unknown;
  /** The case of a JavaScript value; throws `ValueError` if it is none. */
  caseOf(value: unknown): number;
  payloadOf(value: unknown): unknown;
}

interface Tagged {
  readonly tag: unknown;
  readonly val?: unknown;
}

/** The sum behind a type. The mapping to JavaScript is jco's. */
export function sumOf(type: TypeOf<"variant" | "result" | "option">): Sum {
  switch (type.kind) {
    case "variant":
      return tagged(
        type.cases.map((item) => item.name),
        type.cases.map((item) => item.type),
        false,
      );
    case "result":
      return tagged(["ok", "err"], [type.ok, type.err], true);
    default:
      // An option of an option needs tags: undefined could mean either none.
      return type.some.kind === "option"
        ? tagged(["none", "some"], [undefined, type.some], false)
        : plainOption(type.some);
  }
}

function tagged(
  names: readonly string[],
  payloads: readonly (ValueType | undefined)[],
  always: boolean,
): Sum {
  const indices = indicesOf(names);
  return {
    names,
    payloads,
    wrap(index, payload) {
      const tag = names[index];
      return always || payloads[index] !== undefined ? { tag, val: payload } : { tag };
    },
    caseOf(value) {
      if (typeof value !== "object" || value === null || !("tag" in value)) {
        throw expected(`an object with a tag (${listLabels(names)})`, value);
      }
      const { tag } = value as Tagged;
      const index = indices.get(tag);
      if (index === undefined) throw expected(`a tag of ${listLabels(names)}`, tag);
      return index;
    },
    payloadOf: (value) => (value as Tagged).val,
  };
}

function plainOption(some: ValueType): Sum {
  return {
    names: ["none", "some"],
    payloads: [undefined, some],
    wrap: (index, payload) => (index === 0 ? undefined : payload),
    caseOf: (value) => (value === undefined || value === null ? 0 : 1),
    payloadOf: (value) => value,
  };
}

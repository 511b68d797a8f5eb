import { assertNever } from "@novywave/base";
/** Well-known types, of which the file says what they are. */
export type WellKnown = "boolean" | "bit" | "std_ulogic";

export interface EnumType {
  readonly kind: "enum";
  readonly name: string;
  readonly literals: readonly string[];
  wellKnown: WellKnown | undefined;
}

export interface IntegerType {
  readonly kind: "integer";
  readonly name: string;
  readonly bits: 32 | 64;
  /** Of a physical type: its units and how many of the first one each is. */
  readonly units: readonly { readonly name: string; readonly scale: string }[];
}

export interface RealType {
  readonly kind: "real";
  readonly name: string;
}

/** Types whose values are written as one. */
export type ScalarType = EnumType | IntegerType | RealType;

/** A named part of a scalar type. What part does not matter for its values. */
export interface ScalarSubtype {
  readonly kind: "subtype";
  readonly name: string;
  readonly base: ScalarType;
}

/** An array without bounds: only its subtypes have signals. */
export interface OpenArrayType {
  readonly kind: "open-array";
  readonly name: string;
  readonly element: GhwType;
  /** The types of its indices. */
  readonly dimensions: readonly GhwType[];
  readonly depth: number;
}

export interface ArrayType {
  readonly kind: "array";
  readonly name: string;
  readonly element: GhwType;
  readonly ranges: readonly IndexRange[];
  readonly scalars: number;
  readonly depth: number;
}

/** A record; `scalars` is -1 while a field has no bounds. */
export interface RecordType {
  readonly kind: "record";
  readonly name: string;
  readonly fields: readonly { readonly name: string; readonly type: GhwType }[];
  readonly scalars: number;
  readonly depth: number;
}

export type GhwType = ScalarType | ScalarSubtype | OpenArrayType | ArrayType | RecordType;

/** The indices of an array from left to right. */
export interface IndexRange {
  readonly left: number;
  readonly right: number;
  readonly downto: boolean;
  /** Of an index that is an enumeration: the names of its positions. */
  readonly literals: readonly string[] | undefined;
}

/** Number of indices; a range that runs the wrong way has none. */
export function rangeLength({ left, right, downto }: IndexRange): number {
  return Math.max(0, (downto ? left - right : right - left) + 1);
}

/** More single values than any file holds; sums and products stop here. */
const MANY = 2 ** 40;

/** Single values of an array with these ranges. */
export function arrayScalars(ranges: readonly IndexRange[], element: GhwType): number {
  return ranges.reduce((product, range) => Math.min(MANY, product * rangeLength(range)), scalarsOf(element));
}

/** Single values of a record with these fields; -1 while one of them has no bounds. */
export function recordScalars(fields: RecordType["fields"]): number {
  let sum = 0;
  for (const { type } of fields) {
    const scalars = scalarsOf(type);
    if (scalars < 0) return -1;
    sum = Math.min(MANY, sum + scalars);
  }
  return sum;
}

/** How many single values a value of a type has; -1 if it has no bounds. */
export function scalarsOf(type: GhwType): number {
  switch (type.kind) {
    case "enum":
    case "integer":
    case "real":
    case "subtype":
      return 1;
    case "open-array":
      return -1;
    case "array":
    case "record":
      return type.scalars;
    default:
      return assertNever(type);
  }
}

/** How deep records and the dimensions of arrays are nested in a type. */
export function depthOf(type: GhwType): number {
  return "depth" in type ? type.depth : 0;
}

/** The scalar type beneath a type; `undefined` for a composite. */
export function baseOf(type: GhwType): ScalarType | undefined {
  switch (type.kind) {
    case "enum":
    case "integer":
    case "real":
      return type;
    case "subtype":
      return type.base;
    case "open-array":
    case "array":
    case "record":
      return undefined;
    default:
      return assertNever(type);
  }
}

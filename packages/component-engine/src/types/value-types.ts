import type { PrimitiveKind } from "../binary/syntax.js";

export type { PrimitiveKind } from "../binary/syntax.js";

/** Where a type got its name: the export or import of an interface that it was read from. */
interface Base {
  /** The name in WIT, for types that an interface or the world names. */
  readonly name?: string | undefined;
  /** The type that this one is another name of. */
  readonly of?: ValueType | undefined;
  /** Values in the expansion of the type, itself included; eight names of cases or flags count as one more. */
  readonly weight: number;
  /** Levels of types inside each other, itself included. */
  readonly depth: number;
  /** What handles of resources a value of the type can hold: 0 none, 1 owned ones, 2 borrowed ones too. */
  readonly handles: 0 | 1 | 2;
}

export interface Field {
  readonly name: string;
  readonly type: ValueType;
}
export interface Case {
  readonly name: string;
  readonly type: ValueType | undefined;
}

/** A resolved value type: plain data, so that it can be posted to a worker. Names are as in WIT (kebab case). */
export type ValueType =
  | (Base & { readonly kind: PrimitiveKind })
  | (Base & { readonly kind: "record"; readonly fields: readonly Field[] })
  | (Base & { readonly kind: "variant"; readonly cases: readonly Case[] })
  | (Base & { readonly kind: "list"; readonly element: ValueType })
  | (Base & { readonly kind: "tuple"; readonly items: readonly ValueType[] })
  | (Base & { readonly kind: "flags"; readonly labels: readonly string[] })
  | (Base & { readonly kind: "enum"; readonly labels: readonly string[] })
  | (Base & { readonly kind: "option"; readonly some: ValueType })
  | (Base & {
      readonly kind: "result";
      readonly ok: ValueType | undefined;
      readonly err: ValueType | undefined;
    })
  | (Base & { readonly kind: "own" | "borrow"; readonly resource: ResourceType })
  /** A type that this engine can name but not use; `compile` refuses a component with it. */
  | (Base & { readonly kind: "unsupported"; readonly feature: string });

export interface Param {
  readonly name: string;
  readonly type: ValueType;
}

export interface FuncType {
  readonly kind: "func";
  readonly async: boolean;
  readonly params: readonly Param[];
  readonly result: ValueType | undefined;
}

/** Values in the expansion of a function's type. */
export function weightOf(type: FuncType): number {
  let weight = 1 + (type.result?.weight ?? 0);
  for (const param of type.params) weight += param.type.weight;
  return weight;
}

/** A resource type; two are the same only if they are the same object. */
export interface ResourceType {
  readonly kind: "resource";
  readonly name?: string | undefined;
  readonly of?: ResourceType | undefined;
  /** Index into the resources of the plan; -1 before there is one. */
  definition: number;
}

/** The resource behind another name of it. */
export function resolveResource(type: ResourceType): ResourceType {
  let resource = type;
  while (resource.of !== undefined) resource = resource.of;
  return resource;
}

/** A value type without its size and its name. */
type Shape = DistributiveOmit<ValueType, keyof Base>;
type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

/**
 * A value type of a shape, with a size and a name. Written out: all types of a kind are objects of one make, which a copy by spreading
 * is not, and looking at objects of many makes takes most of the time of validation.
 */
export function valueTypeOf(
  shape: Shape,
  { weight, depth, handles }: Pick<Base, "weight" | "depth" | "handles">,
  name?: string,
  of?: ValueType,
): ValueType {
  const { kind } = shape;
  switch (kind) {
    case "record":
      return { kind, fields: shape.fields, weight, depth, handles, name, of };
    case "variant":
      return { kind, cases: shape.cases, weight, depth, handles, name, of };
    case "list":
      return { kind, element: shape.element, weight, depth, handles, name, of };
    case "tuple":
      return { kind, items: shape.items, weight, depth, handles, name, of };
    case "flags":
    case "enum":
      return { kind, labels: shape.labels, weight, depth, handles, name, of };
    case "option":
      return { kind, some: shape.some, weight, depth, handles, name, of };
    case "result":
      return { kind, ok: shape.ok, err: shape.err, weight, depth, handles, name, of };
    case "own":
    case "borrow":
      return { kind, resource: shape.resource, weight, depth, handles, name, of };
    case "unsupported":
      return { kind, feature: shape.feature, weight, depth, handles, name, of };
    default:
      return { kind, weight, depth, handles, name, of };
  }
}

export type TypeOf<K extends ValueType["kind"]> = Extract<ValueType, { readonly kind: K }>;

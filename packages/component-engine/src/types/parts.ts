import { assertNever } from "@novywave/base";
import type { FuncType, ValueType } from "./value-types.js";

/** What is made of parts: of value types, or of references to them while a component is read. */
export type Compound<T> =
  | { readonly kind: "record"; readonly fields: readonly Named<T>[] }
  | { readonly kind: "variant"; readonly cases: readonly Named<T | undefined>[] }
  | { readonly kind: "tuple"; readonly items: readonly T[] }
  | { readonly kind: "list"; readonly element: T }
  | { readonly kind: "option"; readonly some: T }
  | { readonly kind: "result"; readonly ok: T | undefined; readonly err: T | undefined };

interface Named<T> {
  readonly name: string;
  readonly type: T;
}

/** The types that a function, or a value type, is made of; handles aside. */
export function partsOf(
  type: FuncType | ValueType | Compound<ValueType>,
): readonly (ValueType | undefined)[] {
  switch (type.kind) {
    case "func":
      return [...type.params.map((param) => param.type), type.result];
    case "record":
      return type.fields.map((field) => field.type);
    case "variant":
      return type.cases.map((item) => item.type);
    case "tuple":
      return type.items;
    case "list":
      return [type.element];
    case "option":
      return [type.some];
    case "result":
      return [type.ok, type.err];
    default:
      return [];
  }
}

/** A field, a case or a flag. */
export interface Member {
  readonly name: string;
  readonly type: ValueType | undefined;
}

/** What a type lists by name, if it does. */
export function membersOf(type: ValueType): readonly Member[] | undefined {
  switch (type.kind) {
    case "record":
      return type.fields;
    case "variant":
      return type.cases;
    case "enum":
    case "flags":
      return type.labels.map((name) => ({ name, type: undefined }));
    default:
      return undefined;
  }
}

/** The same with other parts. */
export function mapParts<A, B>(type: Compound<A>, map: (part: A) => B): Compound<B> {
  const { kind } = type;
  switch (kind) {
    case "record":
      return { kind, fields: mapNamed(type.fields, map) };
    case "variant":
      return { kind, cases: mapNamed(type.cases, (part) => mapOptional(part, map)) };
    case "tuple":
      return { kind, items: type.items.map((item) => map(item)) };
    case "list":
      return { kind, element: map(type.element) };
    case "option":
      return { kind, some: map(type.some) };
    case "result":
      return { kind, ok: mapOptional(type.ok, map), err: mapOptional(type.err, map) };
    default:
      return assertNever(type);
  }
}

export function mapNamed<A, B>(named: readonly Named<A>[], map: (part: A) => B): Named<B>[] {
  return named.map(({ name, type }) => ({ name, type: map(type) }));
}

export function mapOptional<A, B>(part: A | undefined, map: (part: A) => B): B | undefined {
  return part === undefined ? undefined : map(part);
}

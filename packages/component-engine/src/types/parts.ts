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
      return [...typesOf(type.params), type.result];
    case "record":
      return typesOf(type.fields);
    case "variant":
      return typesOf(type.cases);
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

/**
 * The types of parameters, fields or cases. Here and elsewhere on the way of a component that is loaded, loops and objects with
 * methods stand instead of closures: what V8 has optimized of a closure goes with the closure, and is optimized again with each load.
 */
export function typesOf<T>(items: readonly Named<T>[]): T[] {
  const types: T[] = [];
  for (const item of items) types.push(item.type);
  return types;
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

/** Answers with another part for each. */
export interface PartMap<A, B> {
  part(part: A): B;
}

/** The same with other parts. */
export function mapParts<A, B>(type: Compound<A>, map: PartMap<A, B>): Compound<B> {
  const { kind } = type;
  switch (kind) {
    case "record":
      return { kind, fields: mapNamed(type.fields, map) };
    case "variant": {
      const cases: Named<B | undefined>[] = [];
      for (const item of type.cases) cases.push({ name: item.name, type: mapOptional(item.type, map) });
      return { kind, cases };
    }
    case "tuple": {
      const items: B[] = [];
      for (const item of type.items) items.push(map.part(item));
      return { kind, items };
    }
    case "list":
      return { kind, element: map.part(type.element) };
    case "option":
      return { kind, some: map.part(type.some) };
    default:
      return { kind, ok: mapOptional(type.ok, map), err: mapOptional(type.err, map) };
  }
}

export function mapNamed<A, B>(named: readonly Named<A>[], map: PartMap<A, B>): Named<B>[] {
  const out: Named<B>[] = [];
  for (const { name, type } of named) out.push({ name, type: map.part(type) });
  return out;
}

export function mapOptional<A, B>(part: A | undefined, map: PartMap<A, B>): B | undefined {
  return part === undefined ? undefined : map.part(part);
}

import { layoutOf } from "../types/layout.js";
import type { Field, TypeOf } from "../types/value-types.js";
import { expected } from "./value-error.js";

/** Values that stand beside each other and come as an array: parameters, or the items of a tuple under their numbers. */
export type Row = readonly Field[];

export function rowOf(type: TypeOf<"tuple">): Row {
  return type.items.map((item, i) => ({ name: `${i}`, type: item }));
}

/** The items of a tuple. */
export function rowIn(value: unknown, length: number): readonly unknown[] {
  if (Array.isArray(value) && value.length === length) return value;
  throw expected(`an array of ${length} items`, value);
}

/** Makes one thing for each value of a row or record, from the position of its first core value. */
export function mapFlat<T>(row: Row, first: number, make: (item: Field, position: number) => T): T[] {
  let position = first;
  return row.map((item) => {
    const made = make(item, position);
    position += layoutOf(item.type).flat.length;
    return made;
  });
}

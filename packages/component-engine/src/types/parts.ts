import type { FuncType, ValueType } from "./value-types.js";

/** The types that a function takes and returns. */
export function partsOfFunc(type: FuncType): readonly (ValueType | undefined)[] {
  return [...type.params.map((param) => param.type), type.result];
}

/** The types that a value type is made of, handles aside. */
export function partsOfValue(type: ValueType): readonly (ValueType | undefined)[] {
  switch (type.kind) {
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

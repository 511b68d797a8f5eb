import type { ValueType } from "./value-types.js";

const known = new WeakMap<ValueType, boolean>();

/** Whether a value of the type can hold a handle of a resource. */
export function hasHandle(type: ValueType): boolean {
  const answer = known.get(type);
  if (answer !== undefined) return answer;
  const computed = computeHasHandle(type);
  known.set(type, computed);
  return computed;
}

function any(types: readonly (ValueType | undefined)[]): boolean {
  return types.some((part) => part !== undefined && hasHandle(part));
}

function computeHasHandle(type: ValueType): boolean {
  switch (type.kind) {
    case "own":
    case "borrow":
      return true;
    case "record":
      return any(type.fields.map((field) => field.type));
    case "variant":
      return any(type.cases.map((item) => item.type));
    case "tuple":
      return any(type.items);
    case "list":
      return hasHandle(type.element);
    case "option":
      return hasHandle(type.some);
    case "result":
      return any([type.ok, type.err]);
    default:
      return false;
  }
}

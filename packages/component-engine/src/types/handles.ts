import { partsOfValue } from "./parts.js";
import type { ValueType } from "./value-types.js";

const known = new WeakMap<ValueType, boolean>();

/** Whether a value of the type can hold a handle of a resource. */
export function hasHandle(type: ValueType): boolean {
  // Without parts, as most types are.
  if (type.depth === 1) return type.kind === "own" || type.kind === "borrow";
  const answer = known.get(type);
  if (answer !== undefined) return answer;
  const computed = computeHasHandle(type);
  known.set(type, computed);
  return computed;
}

function computeHasHandle(type: ValueType): boolean {
  return partsOfValue(type).some((part) => part !== undefined && hasHandle(part));
}

const borrowing = new WeakMap<ValueType, boolean>();

/** Whether a value of the type can hold a borrowed handle. */
export function hasBorrow(type: ValueType): boolean {
  if (type.kind === "borrow") return true;
  if (!hasHandle(type)) return false;
  const answer = borrowing.get(type);
  if (answer !== undefined) return answer;
  const computed = partsOfValue(type).some((part) => part !== undefined && hasBorrow(part));
  borrowing.set(type, computed);
  return computed;
}

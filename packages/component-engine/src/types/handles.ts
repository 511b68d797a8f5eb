import { memoized } from "./memoized.js";
import { partsOf } from "./parts.js";
import type { ValueType } from "./value-types.js";

/** Whether a value of the type can hold a handle of a resource. */
export function hasHandle(type: ValueType): boolean {
  // Without parts, as most types are.
  if (type.depth === 1) return type.kind === "own" || type.kind === "borrow";
  return holdsHandle(type);
}

const holdsHandle = memoized((type: ValueType): boolean =>
  partsOf(type).some((part) => part !== undefined && hasHandle(part)),
);

/** Whether a value of the type can hold a borrowed handle. */
export function hasBorrow(type: ValueType): boolean {
  return type.kind === "borrow" || (hasHandle(type) && holdsBorrow(type));
}

const holdsBorrow = memoized((type: ValueType): boolean =>
  partsOf(type).some((part) => part !== undefined && hasBorrow(part)),
);

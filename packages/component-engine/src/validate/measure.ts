import { limitError } from "../limits.js";
import type { Context } from "./context.js";
import type { Signature, Sized } from "./types.js";

/** Weight and depth of an instance or component type with these parts. Throws when a limit is reached. */
export function measure(context: Context, parts: Iterable<Signature>, offset: number): Sized {
  const { limits } = context;
  let weight = 1;
  let depth = 1;
  for (const part of parts) {
    context.spend(1, offset);
    const inner = sizeOf(part);
    weight += 1 + inner.weight;
    depth = Math.max(depth, inner.depth + 1);
  }
  if (weight > limits.maxDefinitions) {
    throw limitError(
      "maxDefinitions",
      limits,
      `an instance or component type that lists ${weight} types`,
      offset,
    );
  }
  if (depth > limits.maxDepth) {
    throw limitError("maxDepth", limits, `instance and component types of ${depth} levels`, offset);
  }
  return { weight, depth };
}

/** Value types are shared: one counts as one, however large it is. */
function sizeOf({ kind, type }: Signature): Sized {
  if (kind === "core-module") return { weight: type.imports.length + type.exports.size, depth: 0 };
  return "exports" in type ? type : { weight: 1, depth: 0 };
}

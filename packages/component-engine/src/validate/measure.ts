import { limitError } from "../limits.js";
import { isValueType } from "./types.js";
import type { Context } from "./context.js";
import type { Signature } from "./types.js";

/** Weight and depth of an instance or component type with these parts. Throws when a limit is reached. */
export function measure(
  context: Context,
  parts: Iterable<Signature>,
  offset: number,
): { readonly weight: number; readonly depth: number } {
  const { limits } = context;
  let weight = 1;
  let depth = 1;
  for (const part of parts) {
    context.spend(1, offset);
    weight += 1 + weightOfPart(part);
    const inner = innerDepth(part);
    depth = Math.max(depth, inner + 1);
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
function weightOfPart(part: Signature): number {
  if (part.kind === "core-module") return part.type.imports.length + part.type.exports.size;
  if (part.kind === "instance" || part.kind === "component") return part.type.weight;
  if (part.kind === "func" || part.type.kind === "func" || part.type.kind === "resource") return 1;
  return isValueType(part.type) ? 1 : part.type.weight;
}

function innerDepth(part: Signature): number {
  if (part.kind === "instance" || part.kind === "component") return part.type.depth;
  if (part.kind !== "type" || part.type.kind === "func" || part.type.kind === "resource") return 0;
  return isValueType(part.type) ? 0 : part.type.depth;
}

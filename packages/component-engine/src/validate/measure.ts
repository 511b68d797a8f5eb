import { limitError } from "../limits.js";
import type { Context } from "./context.js";
import type { ResourceType, ValueType } from "../types/value-types.js";
import type { InstanceSignature, Path, Signature, Sized } from "./types.js";

/** What a type with these parts adds up to; `own` is its own weight. Throws when a limit is reached. */
export function measure(
  context: Context,
  parts: readonly (ValueType | undefined)[],
  own = 1,
): Pick<ValueType, "weight" | "depth" | "handles"> {
  let weight = own;
  let depth = 1;
  let handles: ValueType["handles"] = 0;
  context.spend(parts.length);
  for (const part of parts) {
    if (part === undefined) continue;
    weight += part.weight;
    if (part.depth >= depth) depth = part.depth + 1;
    if (part.handles > handles) handles = part.handles;
  }
  requireWithin("maxTypeSize", "a type", context, weight, depth);
  return { weight, depth, handles };
}

/** The weight and depth of an instance or component type. */
export function measureSignatures(context: Context, signatures: Iterable<Signature>): Sized {
  let weight = 1;
  let depth = 1;
  for (const { kind, type } of signatures) {
    context.spend(1);
    // Value types are shared: one counts as one, however large it is.
    if (kind === "core-module") weight += 1 + type.imports.length + type.exports.size;
    else if (type.kind === "instance-type" || type.kind === "component-type") {
      weight += 1 + type.weight;
      if (type.depth >= depth) depth = type.depth + 1;
    } else weight += 2;
  }
  requireWithin("maxDefinitions", "an instance or component type", context, weight, depth);
  return { weight, depth };
}

/** The type of an instance. One that exists brings no resources of its own: it is known whose they are. */
export function instanceSignature(
  context: Context,
  exports: ReadonlyMap<string, Signature>,
  paths: ReadonlyMap<ResourceType, Path>,
  fresh: ReadonlySet<ResourceType> = new Set(),
): InstanceSignature {
  const { weight, depth } = measureSignatures(context, exports.values());
  return { kind: "instance-type", exports, fresh, paths, weight, depth };
}

function requireWithin(
  limit: "maxTypeSize" | "maxDefinitions",
  what: string,
  context: Context,
  weight: number,
  depth: number,
): void {
  const { limits } = context;
  if (weight > limits[limit]) throw limitError(limit, limits, `${what} of ${weight} parts`);
  if (depth > limits.maxDepth) throw limitError("maxDepth", limits, `${what} of ${depth} levels`);
}

import { limitError } from "../limits.js";
import type { Context } from "./context.js";
import type { ResourceType } from "../types/value-types.js";
import type { InstanceSignature, Path, Signature, Sized } from "./types.js";

/** Weight and depth of a type with these parts; `weight` is its own. Throws when a limit is reached. */
export function measure(context: Context, parts: readonly (Sized | undefined)[], weight = 1): Sized {
  return measureBy("maxTypeSize", "a type", context, parts, weight);
}

/** The same for an instance or component type. */
export function measureSignatures(context: Context, signatures: Iterable<Signature>): Sized {
  return measureBy(
    "maxDefinitions",
    "an instance or component type",
    context,
    Array.from(signatures, sizeOf),
    1,
  );
}

/** The type of an instance. One that exists brings no resources of its own: it is known whose they are. */
export function instanceSignature(
  context: Context,
  exports: ReadonlyMap<string, Signature>,
  paths: ReadonlyMap<ResourceType, Path>,
  fresh: ReadonlySet<ResourceType> = new Set(),
): InstanceSignature {
  const size = measureSignatures(context, exports.values());
  return { kind: "instance-type", exports, fresh, paths, ...size };
}

function measureBy(
  limit: "maxTypeSize" | "maxDefinitions",
  what: string,
  context: Context,
  parts: readonly (Sized | undefined)[],
  own: number,
): Sized {
  const { limits } = context;
  let weight = own;
  let depth = 1;
  context.spend(parts.length);
  for (const part of parts) {
    if (part === undefined) continue;
    weight += part.weight;
    depth = Math.max(depth, part.depth + 1);
  }
  if (weight > limits[limit]) throw limitError(limit, limits, `${what} of ${weight} parts`);
  if (depth > limits.maxDepth) throw limitError("maxDepth", limits, `${what} of ${depth} levels`);
  return { weight, depth };
}

/** What it adds to be listed. Value types are shared: one counts as one, however large it is. */
function sizeOf({ kind, type }: Signature): Sized {
  if (kind === "core-module") return { weight: 1 + type.imports.length + type.exports.size, depth: 0 };
  return "exports" in type ? { weight: 1 + type.weight, depth: type.depth } : { weight: 2, depth: 0 };
}

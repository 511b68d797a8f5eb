import { invalid } from "../errors.js";
import { quoteName } from "../binary/names.js";
import type { Context } from "./context.js";
import type { ResourceType } from "../types/value-types.js";
import { measureSignatures } from "./measure.js";
import type { ValidationScope } from "./scope.js";
import type { ComponentSignature, Path, Signature } from "./types.js";

/** The type of a component whose definitions, or of a component type whose declarations, have all been seen. */
export function closeComponent(scope: ValidationScope): ComponentSignature {
  const { context } = scope;
  const imports = scope.imports.items;
  const exports = scope.exports.items;
  const own = scope.ownResources;
  const fresh = new Map<ResourceType, Path>();
  // Most components make no resources, and whose others are is clear.
  if (own.size > 0) {
    for (const [name, signature] of imports) {
      for (const resource of resourcesOf(context, signature)) {
        if (!own.has(resource)) continue;
        throw invalid(`the import ${quoteName(name)} uses a resource that the component itself makes`);
      }
    }
    for (const [name, signature] of exports) {
      for (const resource of resourcesOf(context, signature)) {
        if (!own.has(resource)) continue;
        const path = scope.exportedResources.get(resource);
        if (path === undefined) {
          throw invalid(`the export ${quoteName(name)} uses a resource that is not exported`);
        }
        fresh.set(resource, path);
      }
    }
  }
  const { weight, depth } = measureSignatures(context, [...imports.values(), ...exports.values()]);
  return {
    kind: "component-type",
    imports,
    exports,
    imported: scope.importedResources,
    fresh,
    paths: scope.exportedResources,
    weight,
    depth,
  };
}

function resourcesOf(context: Context, signature: Signature): ReadonlySet<ResourceType> {
  const resources = context.free.ofSignature(signature);
  context.spend(resources.size);
  return resources;
}

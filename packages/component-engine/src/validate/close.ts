import { invalid } from "../errors.js";
import { quoteName } from "../binary/names.js";
import type { Context } from "./context.js";
import type { ResourceType } from "../types/value-types.js";
import { measureSignatures } from "./measure.js";
import type { ValidationScope } from "./scope.js";
import type { ComponentSignature, Path, Signature } from "./types.js";

/** The type of a component whose definitions, or of a component type whose declarations, have all been seen. */
export function closeComponent(context: Context, scope: ValidationScope): ComponentSignature {
  function* uses(items: ReadonlyMap<string, Signature>): Iterable<[string, ResourceType]> {
    for (const [name, signature] of items) {
      const resources = context.free.ofSignature(signature);
      context.spend(resources.size);
      for (const resource of resources) yield [name, resource];
    }
  }
  const imports = scope.imports.items;
  const exports = scope.exports.items;
  const own = scope.ownResources;
  const fresh = new Map<ResourceType, Path>();
  // Most components make no resources, and whose others are is clear.
  if (own.size > 0) {
    for (const [name, resource] of uses(imports)) {
      if (own.has(resource)) {
        throw invalid(`the import ${quoteName(name)} uses a resource that the component itself makes`);
      }
    }
    for (const [name, resource] of uses(exports)) {
      if (!own.has(resource)) continue;
      const path = scope.exportedResources.get(resource);
      if (path === undefined) {
        throw invalid(`the export ${quoteName(name)} uses a resource that is not exported`);
      }
      fresh.set(resource, path);
    }
  }
  return {
    kind: "component-type",
    imports,
    exports,
    imported: scope.importedResources,
    fresh,
    paths: scope.exportedResources,
    ...measureSignatures(context, [...imports.values(), ...exports.values()]),
  };
}

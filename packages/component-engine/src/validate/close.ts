import { invalid } from "../errors.js";
import { quoteName } from "../binary/names.js";
import type { ResourceType } from "../types/value-types.js";
import { measureSignatures } from "./measure.js";
import type { ValidationScope } from "./scope.js";
import type { ComponentSignature, Path, Signature } from "./types.js";

/** The type of a component whose definitions, or of a component type whose declarations, have all been seen. */
export function closeComponent(scope: ValidationScope): ComponentSignature {
  const { context } = scope;
  const imports = scope.imports.items;
  const exports = scope.exports.items;
  const fresh = new Map<ResourceType, Path>();
  // Most components make no resources, and whose others are is clear.
  if (scope.ownResources.size > 0) {
    for (const [name, signature] of imports) {
      if (ownIn(scope, signature).length === 0) continue;
      throw invalid(`the import ${quoteName(name)} uses a resource that the component itself makes`);
    }
    for (const [name, signature] of exports) {
      for (const resource of ownIn(scope, signature)) {
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

function ownIn({ context, ownResources }: ValidationScope, signature: Signature): readonly ResourceType[] {
  const resources = context.free.ofSignature(signature);
  context.spend(resources.size);
  return [...resources].filter((resource) => ownResources.has(resource));
}

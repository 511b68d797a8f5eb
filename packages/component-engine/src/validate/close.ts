import { invalid } from "../errors.js";
import { quoteName } from "../binary/names.js";
import type { Context } from "./context.js";
import type { ResourceType } from "../types/value-types.js";
import type { FreeResources } from "./free-resources.js";
import { measure } from "./measure.js";
import type { ValidationScope } from "./scope.js";
import type { ComponentSignature, Path } from "./types.js";

/** The type of a component whose definitions, or of a component type whose declarations, have all been seen. */
export function closeComponent(
  context: Context,
  free: FreeResources,
  scope: ValidationScope,
  offset: number,
): ComponentSignature {
  const imports = scope.imports.items;
  const exports = scope.exports.items;
  // Most components make no resources, and whose others are is clear.
  const makesSome = scope.ownResources.size > 0;
  for (const [name, signature] of makesSome ? imports : []) {
    const resources = free.ofSignature(signature);
    context.spend(resources.size, offset);
    for (const resource of resources) {
      if (scope.ownResources.has(resource)) {
        throw invalid(
          `the import ${quoteName(name)} uses a resource that the component itself makes`,
          offset,
        );
      }
    }
  }
  const used = new Set<ResourceType>();
  for (const [name, signature] of makesSome ? exports : []) {
    const resources = free.ofSignature(signature);
    context.spend(resources.size, offset);
    for (const resource of resources) {
      if (!scope.ownResources.has(resource)) continue;
      if (!scope.exportedResources.has(resource)) {
        throw invalid(`the export ${quoteName(name)} uses a resource that is not exported`, offset);
      }
      used.add(resource);
    }
  }
  const fresh = new Map<ResourceType, Path>();
  for (const resource of used) fresh.set(resource, scope.exportedResources.get(resource) ?? []);
  return {
    kind: "component-type",
    imports,
    exports,
    imported: scope.importedResources,
    fresh,
    paths: scope.exportedResources,
    ...measure(context, [...imports.values(), ...exports.values()], offset),
  };
}

import { invalid } from "../errors.js";
import { quoteName, type ExternName } from "../binary/names.js";
import type { ExternDesc } from "../binary/syntax.js";
import { sortText } from "./checks.js";
import type { Context } from "./context.js";
import { resolveResource, type ResourceType } from "../types/value-types.js";
import { addName } from "./extern-names.js";
import type { Direction, ValidationScope } from "./scope.js";
import { Substitution } from "./substitute.js";
import { freshResource, type InstanceSignature, type Path, type Signature } from "./types.js";
import { VisibleTypes } from "./visible-types.js";

/** The type that a description of an import or export stands for. `name` is the name it goes by. */
export function describedSignature(scope: ValidationScope, desc: ExternDesc, name: string): Signature {
  switch (desc.kind) {
    case "func":
      return { kind: "func", type: scope.typeAt("func", desc.index) };
    case "type-eq":
      return { kind: "type", type: scope.context.rename(scope.at("type", desc.index), name) };
    case "type-resource":
      return { kind: "type", type: freshResource(name) };
    case "instance":
      return { kind: "instance", type: scope.typeAt("instance-type", desc.index) };
    case "component":
      return { kind: "component", type: scope.typeAt("component-type", desc.index) };
    default: {
      const type = scope.at("core-type", desc.index);
      if ("params" in type) throw invalid(`core type ${desc.index} is no module type`);
      return { kind: "core-module", type };
    }
  }
}

/** Adds an import or export to its scope, and checks its name and what its type refers to. */
export function addExtern(
  scope: ValidationScope,
  direction: Direction,
  extern: ExternName,
  given: Signature,
): void {
  let signature = given;
  const { name } = extern;
  if (given.kind === "instance") {
    signature = { kind: "instance", type: adoptInstance(scope, direction, name, given.type) };
  } else if (given.kind === "type" && given.type.kind === "resource" && given.type.of === undefined) {
    // A type that is no other name of one was brought into being by this import or export.
    adopt(scope, direction, given.type, [name]);
  }
  if (direction === "export") addPaths(scope.context, scope.exportedResources, name, signature);
  scope.pushSignature(signature);
  const visible = new VisibleTypes(scope, direction);
  if (visible.namesAnExport(signature)) {
    throw invalid(`the import ${quoteName(name)} is a type that is known by the name of an export`);
  }
  if (!visible.register(signature)) {
    throw invalid(
      `the ${direction} ${quoteName(name)} (${sortText(signature.kind)}) uses a type that is not ${direction === "import" ? "" : "imported or "}${direction}ed before it`,
    );
  }
  const externs = scope.externs(direction);
  addName(externs, direction, extern, signature);
  if (signature.kind === "type" && signature.type.kind === "resource") {
    externs.nameOfResource.set(signature.type, name);
  }
}

function adopt(scope: ValidationScope, direction: Direction, resource: ResourceType, path: Path): void {
  if (direction === "import") scope.importedResources.set(resource, path);
  else scope.ownResources.add(resource);
}

/** An instance that is imported or exported brings resources of its own, not those of another instance of the same type. */
function adoptInstance(
  scope: ValidationScope,
  direction: Direction,
  name: string,
  given: InstanceSignature,
): InstanceSignature {
  if (given.fresh.size === 0) return given;
  // Each takes a place in several tables, and its path; instances inside instances can double their number at each level.
  scope.context.spend(100 * given.fresh.size);
  const resources = new Map<ResourceType, ResourceType>();
  for (const old of given.fresh) {
    const resource = freshResource(old.name);
    resources.set(old, resource);
    adopt(scope, direction, resource, [name, ...(given.paths.get(old) ?? [])]);
  }
  return { ...new Substitution(scope.context, resources).type(given), fresh: new Set() };
}

/** Notes where the resources are found that an export leads to. */
export function addPaths(
  context: Context,
  paths: Map<ResourceType, Path>,
  name: string,
  signature: Signature,
): void {
  if (signature.kind === "instance") {
    context.spend(10 * signature.type.paths.size);
    for (const [resource, path] of signature.type.paths) paths.set(resource, [name, ...path]);
  } else if (signature.kind === "type" && signature.type.kind === "resource") {
    paths.set(resolveResource(signature.type), [name]);
  }
}

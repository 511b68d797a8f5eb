import { invalid } from "../errors.js";
import { quoteName } from "../binary/names.js";
import type { Definition } from "../binary/syntax.js";
import { sortText } from "./checks.js";
import { outerScope } from "./core.js";
import type { FreeResources } from "./free-resources.js";
import type { ValidationScope } from "./scope.js";

/** An export of an instance, as a definition of its own. */
export function validateAliasExport(
  scope: ValidationScope,
  alias: Extract<Definition, { kind: "alias-export" }>,
): void {
  const { offset, name, instance, sort } = alias;
  const found = scope.at("instance", instance, offset).exports.get(name);
  if (found === undefined) throw invalid(`instance ${instance} has no export ${quoteName(name)}`, offset);
  if (found.kind !== sort) {
    throw invalid(
      `the export ${quoteName(name)} of instance ${instance} is a ${sortText(found.kind)}, not a ${sort}`,
      offset,
    );
  }
  scope.pushSignature(found);
}

export function validateAliasCoreExport(
  scope: ValidationScope,
  alias: Extract<Definition, { kind: "alias-core-export" }>,
): void {
  const { offset, name, instance, sort } = alias;
  const found = scope.at("core-instance", instance, offset).get(name);
  if (found === undefined)
    throw invalid(`core instance ${instance} has no export ${quoteName(name)}`, offset);
  if (`core-${found.kind}` !== sort) {
    throw invalid(`the core export ${quoteName(name)} is a ${found.kind}, not a ${sort.slice(5)}`, offset);
  }
  scope.spaces[`core-${found.kind}` as const].push(found);
}

/** A definition of an enclosing component or type. */
export function validateAliasOuter(
  free: FreeResources,
  scope: ValidationScope,
  alias: Extract<Definition, { kind: "alias-outer" }>,
): void {
  const { offset, count, index, sort } = alias;
  const outer = outerScope(scope, count, offset);
  // A component could not be moved elsewhere if it used resources that were not given to it.
  if (sort === "type" && crossesComponent(scope, count) && free.of(outer.at(sort, index, offset)).size > 0) {
    throw invalid("an outer type that refers to resources cannot be aliased into a component", offset);
  }
  switch (sort) {
    case "type":
    case "core-module":
    case "core-type":
    case "component":
      scope.push(sort, outer.at(sort, index, offset));
      return;
    default:
      throw invalid(`a ${sort} cannot be aliased from an outer component`, offset);
  }
}

function crossesComponent(scope: ValidationScope, count: number): boolean {
  let at: ValidationScope | undefined = scope;
  for (let i = 0; i < count && at !== undefined; i++) {
    if (at.kind === "component") return true;
    at = at.outer;
  }
  return false;
}

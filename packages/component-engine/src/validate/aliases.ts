import { invalid } from "../errors.js";
import { quoteName } from "../binary/names.js";
import type { Definition } from "../binary/syntax.js";
import { sortText } from "./checks.js";
import { outerScope } from "./core.js";
import type { Context } from "./context.js";
import type { ValidationScope } from "./scope.js";

/** An export of an instance, as a definition of its own. */
export function validateAliasExport(
  scope: ValidationScope,
  alias: Extract<Definition, { kind: "alias-export" }>,
): void {
  const { name, instance, sort } = alias;
  const found = scope.at("instance", instance).exports.get(name);
  if (found === undefined) throw invalid(`instance ${instance} has no export ${quoteName(name)}`);
  if (found.kind !== sort) {
    throw invalid(
      `the export ${quoteName(name)} of instance ${instance} is a ${sortText(found.kind)}, not a ${sort}`,
    );
  }
  scope.pushSignature(found);
}

export function validateAliasCoreExport(
  scope: ValidationScope,
  alias: Extract<Definition, { kind: "alias-core-export" }>,
): void {
  const { name, instance, sort } = alias;
  const found = scope.at("core-instance", instance).get(name);
  if (found === undefined) throw invalid(`core instance ${instance} has no export ${quoteName(name)}`);
  if (`core-${found.kind}` !== sort) {
    throw invalid(`the core export ${quoteName(name)} is a ${found.kind}, not a ${sort.slice(5)}`);
  }
  scope.spaces[`core-${found.kind}` as const].push(found);
}

/** A definition of an enclosing component or type. */
export function validateAliasOuter(
  context: Context,
  scope: ValidationScope,
  alias: Extract<Definition, { kind: "alias-outer" }>,
): void {
  const { count, index, sort } = alias;
  const outer = outerScope(scope, count);
  // A component could not be moved elsewhere if it used resources that were not given to it.
  if (sort === "type" && crossesComponent(scope, count) && context.free.of(outer.at(sort, index)).size > 0) {
    throw invalid("an outer type that refers to resources cannot be aliased into a component");
  }
  switch (sort) {
    case "type":
    case "core-module":
    case "core-type":
    case "component":
      scope.push(sort, outer.at(sort, index));
      return;
    default:
      throw invalid(`a ${sort} cannot be aliased from an outer component`);
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

import { invalid } from "../errors.js";
import { quoteName } from "../binary/names.js";
import type { Definition, Sort } from "../binary/syntax.js";
import { otherSort, sortText } from "./checks.js";
import { outerScope } from "./core.js";
import type { ValidationScope } from "./scope.js";

/** An export of an instance, as a definition of its own. */
export function validateAliasExport(
  scope: ValidationScope,
  alias: Extract<Definition, { kind: "alias-export" }>,
): void {
  scope.pushSignature(exported("", scope.at("instance", alias.instance).exports, alias));
}

export function validateAliasCoreExport(
  scope: ValidationScope,
  alias: Extract<Definition, { kind: "alias-core-export" }>,
): void {
  const found = exported("core-", scope.at("core-instance", alias.instance), alias);
  scope.push(`core-${found.kind}`, found);
}

function exported<T extends { readonly kind: string }>(
  prefix: "" | "core-",
  exports: ReadonlyMap<string, T>,
  alias: { readonly instance: number; readonly name: string; readonly sort: Sort },
): T {
  const found = exports.get(alias.name);
  const sort = found && prefix + found.kind;
  if (found !== undefined && sort === alias.sort) return found;
  const what = `${sortText(`${prefix}instance`)} ${alias.instance}: the export ${quoteName(alias.name)}`;
  throw invalid(sort === undefined ? `${what} is missing` : `${what}: ${otherSort(alias.sort, sort)}`);
}

/** A definition of an enclosing component or type. */
export function validateAliasOuter(
  scope: ValidationScope,
  alias: Extract<Definition, { kind: "alias-outer" }>,
): void {
  const { count, index, sort } = alias;
  const outer = outerScope(scope, count);
  // A component could not be moved elsewhere if it used resources that were not given to it.
  if (
    sort === "type" &&
    crossesComponent(scope, outer) &&
    scope.context.free.of(outer.at(sort, index)).size > 0
  ) {
    throw invalid("a type that uses resources cannot be aliased from an outer component");
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

function crossesComponent(scope: ValidationScope, outer: ValidationScope): boolean {
  for (let at: ValidationScope | undefined = scope; at !== undefined && at !== outer; at = at.outer) {
    if (at.kind === "component") return true;
  }
  return false;
}

/** What a component or instance type may alias. */
export function requireAliasable({ kind, sort }: { readonly kind: string; readonly sort: Sort }): void {
  if (sort !== "type" && sort !== (kind === "alias-outer" ? "core-type" : "instance")) {
    throw invalid("only types and instances can be aliased in a component or instance type");
  }
}

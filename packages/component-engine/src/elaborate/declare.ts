import { quoteName } from "../binary/names.js";
import type { Definition, TypeSyntax } from "../binary/syntax.js";
import type { ValueType } from "../types/value-types.js";
import { at } from "./at.js";
import { invalid } from "./checks.js";
import type { Context } from "./context.js";
import type { TypeEntity } from "./entities.js";
import { pushEntity, type Scope } from "./scope.js";

/** Definitions that can stand in a component as well as in an instance type. */
export type Declaration = Extract<
  Definition,
  { kind: "type" | "core-type" | "alias-export" | "alias-outer" }
>;

export function isDeclaration(definition: Definition): definition is Declaration {
  return ["type", "core-type", "alias-export", "alias-outer"].includes(definition.kind);
}

/** Evaluates a type or an alias into its index space. */
export function declare(context: Context, definition: Declaration, scope: Scope): void {
  const { offset } = definition;
  switch (definition.kind) {
    case "alias-export": {
      const instance = at(scope.instances, definition.instance, "instance", offset);
      const entity = instance.exports.get(definition.name);
      if (entity === undefined) {
        throw invalid(`instance ${definition.instance} has no export ${quoteName(definition.name)}`, offset);
      }
      pushEntity(scope, entity);
      return;
    }
    case "alias-outer":
      aliasOuter(definition, scope);
      return;
    case "type":
      scope.types.push(evaluateType(context, definition.type, scope));
      return;
    case "core-type":
  }
}

function aliasOuter(definition: Extract<Definition, { kind: "alias-outer" }>, scope: Scope): void {
  const { offset, sort, index } = definition;
  if (sort === "core-type") return;
  let outer = scope.snapshot();
  for (let i = 0; i < definition.count; i++) {
    const next = outer.scope.outer;
    if (next === undefined) throw invalid(`an alias reaches ${definition.count} components out`, offset);
    outer = next;
  }
  switch (sort) {
    case "type":
      scope.types.push(at(outer.scope.types, index, "outer type", offset, outer.types));
      return;
    case "component":
      scope.components.push(at(outer.scope.components, index, "outer component", offset, outer.components));
      return;
    case "core-module":
      scope.coreModules.push(at(outer.scope.coreModules, index, "outer core module", offset, outer.modules));
      return;
    default:
      throw invalid(`a ${sort} cannot be aliased from an outer component`, offset);
  }
}

function evaluateType(context: Context, syntax: TypeSyntax, scope: Scope): TypeEntity {
  switch (syntax.kind) {
    case "func":
      context.spend(syntax.params.length, syntax.offset);
      return context.types.func(syntax, scope);
    case "resource": {
      if (syntax.async) context.refuse("async destructors", syntax.offset);
      const dtor =
        syntax.dtor === undefined
          ? undefined
          : at(scope.coreFuncs, syntax.dtor, "core function", syntax.offset);
      return context.addResource({ kind: "guest", instance: scope.instance, dtor: dtor?.ref }, syntax.offset);
    }
    case "instance-type":
      return { kind: "instance-type", decls: syntax.decls, outer: scope.snapshot() };
    case "component-type":
      return { kind: "component-type" };
    default: {
      const type = context.types.define(syntax, scope);
      context.spend(partsOf(type), syntax.offset);
      return type;
    }
  }
}

/** Fields, items and cases, which are resolved anew each time that the component around them is instantiated. */
function partsOf(type: ValueType): number {
  switch (type.kind) {
    case "record":
      return type.fields.length;
    case "tuple":
      return type.items.length;
    case "variant":
      return type.cases.length;
    default:
      return 1;
  }
}

import { invalid } from "../errors.js";
import type { Decl, TypeSyntax } from "../binary/syntax.js";
import { funcType, valueType } from "./build-type.js";
import type { Context } from "./context.js";
import type { ResourceType } from "../types/value-types.js";
import { validateAliasExport, validateAliasOuter } from "./aliases.js";
import { requireCoreFunc } from "./canon.js";
import { closeComponent } from "./close.js";
import { coreType } from "./core.js";
import { addExtern, describedSignature } from "./externs.js";
import { measureSignatures } from "./measure.js";
import { ValidationScope, type Direction } from "./scope.js";
import { freshResource, type AnyType, type ComponentSignature, type InstanceSignature } from "./types.js";

/** Evaluates a type definition. */
export function defineType(context: Context, scope: ValidationScope, syntax: TypeSyntax): AnyType {
  switch (syntax.kind) {
    case "func":
      return funcType(context, scope, syntax);
    case "resource":
      return defineResource(context, scope, syntax);
    case "instance-type":
      return instanceType(context, scope, syntax.decls);
    case "component-type":
      return componentType(context, scope, syntax.decls);
    default:
      return valueType(context, scope, syntax);
  }
}

function defineResource(
  context: Context,
  scope: ValidationScope,
  syntax: Extract<TypeSyntax, { kind: "resource" }>,
): ResourceType {
  if (syntax.async) context.refuse("async destructors");
  if (scope.kind !== "component")
    throw invalid("a resource can only be defined in a component, not in a type");
  if (syntax.dtor !== undefined) {
    const expected = { params: ["i32"], results: [] } as const;
    requireCoreFunc(scope, syntax.dtor, expected, "the destructor of a resource");
  }
  const resource = freshResource();
  scope.ownResources.add(resource);
  scope.definedResources.add(resource);
  return resource;
}

function instanceType(context: Context, outer: ValidationScope, decls: readonly Decl[]): InstanceSignature {
  const scope = new ValidationScope("instance-type", outer);
  context.each(decls, (decl) => evaluateDecl(context, scope, decl));
  const exports = scope.exports.items;
  return {
    kind: "instance-type",
    exports,
    fresh: scope.ownResources,
    paths: scope.exportedResources,
    ...measureSignatures(context, exports.values()),
  };
}

function componentType(context: Context, outer: ValidationScope, decls: readonly Decl[]): ComponentSignature {
  const scope = new ValidationScope("component-type", outer);
  context.each(decls, (decl) => evaluateDecl(context, scope, decl));
  return closeComponent(context, scope);
}

function evaluateDecl(context: Context, scope: ValidationScope, decl: Decl): void {
  switch (decl.kind) {
    case "core-type":
      scope.spaces["core-type"].push(coreType(context, scope, decl.type));
      return;
    case "type":
      scope.spaces.type.push(defineType(context, scope, decl.type));
      return;
    case "alias-export":
      if (decl.sort !== "type" && decl.sort !== "instance") break;
      validateAliasExport(scope, decl);
      return;
    case "alias-outer":
      if (decl.sort !== "type" && decl.sort !== "core-type") break;
      validateAliasOuter(context, scope, decl);
      return;
    case "import":
    case "export-decl": {
      const direction: Direction = decl.kind === "import" ? "import" : "export";
      const signature = describedSignature(context, scope, decl.desc, decl.name);
      addExtern(context, scope, direction, decl.extern, signature);
      return;
    }
    default:
      break;
  }
  throw invalid("in a component or instance type only types and instances can be aliased");
}

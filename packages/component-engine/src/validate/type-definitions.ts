import { invalid } from "../errors.js";
import type { Decl, TypeSyntax } from "../binary/syntax.js";
import type { Context } from "./context.js";
import { limitError } from "../limits.js";
import { hasBorrow } from "../types/handles.js";
import type { ResourceType } from "../types/value-types.js";
import { validateAliasExport, validateAliasOuter } from "./aliases.js";
import { requireCoreFunc } from "./canon.js";
import { closeComponent } from "./close.js";
import { coreType } from "./core.js";
import { addExtern, describedSignature } from "./externs.js";
import { measure } from "./measure.js";
import { ValidationScope, type Direction } from "./scope.js";
import { freshResource, type AnyType, type ComponentSignature, type InstanceSignature } from "./types.js";
import type { FreeResources } from "./free-resources.js";

/** Evaluates a type definition. */
export function defineType(
  context: Context,
  free: FreeResources,
  scope: ValidationScope,
  syntax: TypeSyntax,
): AnyType {
  const { offset } = syntax;
  switch (syntax.kind) {
    case "func": {
      const type = context.types.func(syntax, scope);
      if (type.result !== undefined && hasBorrow(type.result)) {
        throw invalid("the result of a function cannot hold a borrow", offset);
      }
      context.spend(type.params.length, offset);
      return type;
    }
    case "resource":
      return defineResource(context, scope, syntax);
    case "instance-type":
      return instanceType(context, free, scope, syntax.decls, offset);
    case "component-type":
      return componentType(context, free, scope, syntax.decls, offset);
    default: {
      const type = context.types.define(syntax, scope);
      context.spend(1, offset);
      return type;
    }
  }
}

function defineResource(
  context: Context,
  scope: ValidationScope,
  syntax: Extract<TypeSyntax, { kind: "resource" }>,
): ResourceType {
  const { offset } = syntax;
  if (syntax.async) context.refuse("async destructors", offset);
  if (scope.kind !== "component")
    throw invalid("a resource can only be defined in a component, not in a type", offset);
  if (syntax.dtor !== undefined) {
    const expected = { params: ["i32"], results: [] } as const;
    requireCoreFunc(scope, syntax.dtor, expected, "the destructor of a resource", offset);
  }
  const resource = freshResource();
  scope.ownResources.add(resource);
  scope.definedResources.add(resource);
  return resource;
}

function instanceType(
  context: Context,
  free: FreeResources,
  outer: ValidationScope,
  decls: readonly Decl[],
  offset: number,
): InstanceSignature {
  const scope = new ValidationScope("instance-type", outer);
  evaluateDecls(context, free, scope, decls, offset);
  const exports = scope.exports.items;
  return {
    kind: "instance-type",
    exports,
    fresh: scope.ownResources,
    paths: scope.exportedResources,
    ...measure(context, exports.values(), offset),
  };
}

function componentType(
  context: Context,
  free: FreeResources,
  outer: ValidationScope,
  decls: readonly Decl[],
  offset: number,
): ComponentSignature {
  const scope = new ValidationScope("component-type", outer);
  evaluateDecls(context, free, scope, decls, offset);
  return closeComponent(context, free, scope, offset);
}

function evaluateDecls(
  context: Context,
  free: FreeResources,
  scope: ValidationScope,
  decls: readonly Decl[],
  offset: number,
): void {
  if (scope.depth > context.limits.maxDepth) {
    throw limitError("maxDepth", context.limits, "types are nested too deep", offset);
  }
  for (const decl of decls) {
    context.spend(10, decl.offset);
    evaluateDecl(context, free, scope, decl);
  }
}

function evaluateDecl(context: Context, free: FreeResources, scope: ValidationScope, decl: Decl): void {
  const { offset } = decl;
  switch (decl.kind) {
    case "core-type":
      scope.spaces["core-type"].push(coreType(context, scope, decl.type));
      return;
    case "type":
      scope.spaces.type.push(defineType(context, free, scope, decl.type));
      return;
    case "alias-export":
      if (decl.sort !== "type" && decl.sort !== "instance") break;
      validateAliasExport(scope, decl);
      return;
    case "alias-outer":
      if (decl.sort !== "type" && decl.sort !== "core-type") break;
      validateAliasOuter(free, scope, decl);
      return;
    case "import":
    case "export-decl": {
      const direction: Direction = decl.kind === "import" ? "import" : "export";
      const signature = describedSignature(context, scope, decl.desc, decl.name, offset);
      addExtern(context, scope, direction, decl.extern, signature, offset);
      return;
    }
    default:
      break;
  }
  throw invalid("in a component or instance type only types and instances can be aliased", offset);
}

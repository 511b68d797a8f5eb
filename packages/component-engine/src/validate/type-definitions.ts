import { invalid } from "../errors.js";
import type { Decl, TypeSyntax } from "../binary/syntax.js";
import { funcType, valueType } from "./build-type.js";
import type { Context } from "./context.js";
import type { ResourceType } from "../types/value-types.js";
import { requireCoreFunc } from "./canon.js";
import { closeComponent } from "./close.js";
import { instanceSignature } from "./measure.js";
import { ValidationScope } from "./scope.js";
import { freshResource, type AnyType } from "./types.js";

/** Validates a declaration in an instance or component type. */
export type Declare = (context: Context, scope: ValidationScope, decl: Decl) => void;

/** Evaluates a type definition. */
export function defineType(
  context: Context,
  scope: ValidationScope,
  syntax: TypeSyntax,
  declare: Declare,
): AnyType {
  switch (syntax.kind) {
    case "func":
      return funcType(context, scope, syntax);
    case "resource":
      return defineResource(context, scope, syntax);
    case "instance-type":
    case "component-type": {
      const inner = new ValidationScope(syntax.kind, scope);
      context.each(syntax.decls, { scope: inner, declare }, validateDecl);
      if (syntax.kind === "component-type") return closeComponent(context, inner);
      return instanceSignature(context, inner.exports.items, inner.exportedResources, inner.ownResources);
    }
    default:
      return valueType(context, scope, syntax);
  }
}

function validateDecl(
  context: Context,
  { scope, declare }: { readonly scope: ValidationScope; readonly declare: Declare },
  decl: Decl,
): void {
  const other = decl.kind === "alias-outer" ? "core-type" : "instance";
  if ("sort" in decl && decl.sort !== "type" && decl.sort !== other) {
    throw invalid("in a component or instance type only types and instances can be aliased");
  }
  declare(context, scope, decl);
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

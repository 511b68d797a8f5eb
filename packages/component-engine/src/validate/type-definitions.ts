import { invalid } from "../errors.js";
import type { Decl, TypeSyntax } from "../binary/syntax.js";
import { funcType, valueType } from "./build-type.js";
import type { ResourceType } from "../types/value-types.js";
import { requireCoreFunc } from "./canon.js";
import { closeComponent } from "./close.js";
import { instanceSignature } from "./measure.js";
import { ValidationScope } from "./scope.js";
import { freshResource, type AnyType } from "./types.js";

/** Validates a declaration in an instance or component type. */
export type Declare = (scope: ValidationScope, decl: Decl) => void;

/** Evaluates a type definition. */
export function defineType(scope: ValidationScope, syntax: TypeSyntax, declare: Declare): AnyType {
  switch (syntax.kind) {
    case "func":
      return funcType(scope, syntax);
    case "resource":
      return defineResource(scope, syntax);
    case "instance-type":
    case "component-type": {
      const { context } = scope;
      const inner = new ValidationScope(context, syntax.kind, scope);
      context.each(syntax.decls, inner, declare);
      if (syntax.kind === "component-type") return closeComponent(inner);
      return instanceSignature(context, inner.exports.items, inner.exportedResources, inner.ownResources);
    }
    default:
      return valueType(scope, syntax);
  }
}

function defineResource(
  scope: ValidationScope,
  syntax: Extract<TypeSyntax, { kind: "resource" }>,
): ResourceType {
  if (syntax.async) scope.context.refuse("async destructors");
  if (scope.kind !== "component") throw invalid("a resource can only be defined in a component");
  if (syntax.dtor !== undefined) {
    const expected = { params: ["i32"], results: [] } as const;
    requireCoreFunc(scope, syntax.dtor, expected, "the destructor");
  }
  const resource = freshResource();
  scope.ownResources.add(resource);
  scope.definedResources.add(resource);
  return resource;
}

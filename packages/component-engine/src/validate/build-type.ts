import type { TypeSyntax } from "../binary/syntax.js";
import { invalid } from "../errors.js";
import { mapNamed, mapOptional, mapParts, partsOf } from "../types/parts.js";
import { valueTypeOf, type FuncType, type ValueType } from "../types/value-types.js";
import { measure } from "./measure.js";
import type { ValidationScope } from "./scope.js";

/** Resolves the definition of a function type. */
export function funcType(scope: ValidationScope, syntax: Extract<TypeSyntax, { kind: "func" }>): FuncType {
  const { kind, async } = syntax;
  if (async) scope.context.refuse("async functions");
  const params = mapNamed(syntax.params, scope);
  const result = mapOptional(syntax.result, scope);
  const type = { kind, async, params, result };
  measure(scope.context, partsOf(type));
  if (result?.handles === 2) {
    throw invalid("the result of a function cannot hold a borrow");
  }
  return type;
}

/** Resolves the definition of a value type. */
export function valueType(
  scope: ValidationScope,
  syntax: Exclude<TypeSyntax, { kind: "func" | "resource" | "instance-type" | "component-type" }>,
): ValueType {
  switch (syntax.kind) {
    case "alias":
      return scope.part(syntax.to);
    case "flags":
    case "enum":
      return valueTypeOf(syntax, measure(scope.context, [], weightOfNames(syntax.labels)));
    case "own":
    case "borrow": {
      const resource = scope.typeAt("resource", syntax.resource);
      return valueTypeOf(
        { kind: syntax.kind, resource },
        { weight: 1, depth: 1, handles: syntax.kind === "own" ? 1 : 2 },
      );
    }
    case "stream":
    case "future":
      return scope.unsupported(`${syntax.kind}s`);
    case "fixed-list":
      return scope.unsupported("lists of fixed length");
    case "map":
      return scope.unsupported("maps");
    default: {
      const type = mapParts(syntax, scope);
      const own = weightOfNames(type.kind === "variant" ? type.cases : []);
      return valueTypeOf(type, measure(scope.context, partsOf(type), own));
    }
  }
}

/** Eight names count as one value. */
function weightOfNames(names: readonly unknown[]): number {
  return 1 + Math.floor(names.length / 8);
}

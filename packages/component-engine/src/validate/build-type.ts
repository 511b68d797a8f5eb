import { defined } from "@novywave/base";
import { primitiveKinds, type TypeRef, type TypeSyntax } from "../binary/syntax.js";
import { invalid } from "../errors.js";
import { hasBorrow } from "../types/handles.js";
import { mapNamed, mapOptional, mapParts, partsOf } from "../types/parts.js";
import type { FuncType, PrimitiveKind, ValueType } from "../types/value-types.js";
import type { Context } from "./context.js";
import { measure } from "./measure.js";
import type { ValidationScope } from "./scope.js";
import { isValueType } from "./types.js";

const primitives: ReadonlyMap<string, ValueType> = new Map(
  primitiveKinds.map((kind: PrimitiveKind) => [kind, { kind, weight: 1, depth: 1 }]),
);

/** Resolves the definition of a function type. */
export function funcType(
  context: Context,
  scope: ValidationScope,
  syntax: Extract<TypeSyntax, { kind: "func" }>,
): FuncType {
  const { kind, async } = syntax;
  if (async) context.refuse("async functions");
  const value = (ref: TypeRef): ValueType => resolve(context, scope, ref);
  const params = mapNamed(syntax.params, value);
  const result = mapOptional(syntax.result, value);
  const type = { kind, async, params, result };
  measure(context, partsOf(type));
  if (result !== undefined && hasBorrow(result)) {
    throw invalid("the result of a function cannot hold a borrow");
  }
  return type;
}

/** Resolves the definition of a value type. */
export function valueType(
  context: Context,
  scope: ValidationScope,
  syntax: Exclude<TypeSyntax, { kind: "func" | "resource" | "instance-type" | "component-type" }>,
): ValueType {
  const value = (ref: TypeRef): ValueType => resolve(context, scope, ref);
  switch (syntax.kind) {
    case "alias":
      return value(syntax.to);
    case "flags":
    case "enum": {
      const { kind, labels } = syntax;
      return { kind, labels, ...measure(context, [], weightOfNames(labels)) };
    }
    case "own":
    case "borrow": {
      const resource = scope.typeAt("resource", syntax.resource);
      return { kind: syntax.kind, resource, weight: 1, depth: 1 };
    }
    case "stream":
    case "future":
      return unsupportedType(context, `${syntax.kind}s`);
    case "fixed-list":
      return unsupportedType(context, "lists of fixed length");
    case "map":
      return unsupportedType(context, "maps");
    default: {
      const type = mapParts(syntax, value);
      return {
        ...type,
        ...measure(context, partsOf(type), weightOfNames(type.kind === "variant" ? type.cases : [])),
      };
    }
  }
}

/** A type where it is used. */
function resolve(context: Context, scope: ValidationScope, ref: TypeRef): ValueType {
  if (typeof ref === "number") {
    const type = scope.at("type", ref);
    if (!isValueType(type)) throw invalid(`type ${ref} is no value type`);
    return type;
  }
  return ref === "error-context" ? unsupportedType(context, ref) : defined(primitives.get(ref), ref);
}

function unsupportedType(context: Context, feature: string): ValueType {
  context.refuse(feature);
  return { kind: "unsupported", feature, weight: 1, depth: 1 };
}

/** Eight names count as one value. */
function weightOfNames(names: readonly unknown[]): number {
  return 1 + Math.floor(names.length / 8);
}

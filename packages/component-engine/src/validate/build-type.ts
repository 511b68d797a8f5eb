import { defined } from "@novywave/base";
import { primitiveKinds, type TypeRef, type TypeSyntax } from "../binary/syntax.js";
import { invalid } from "../errors.js";
import { mapNamed, mapOptional, mapParts, partsOf, type PartMap } from "../types/parts.js";
import { valueTypeOf, type FuncType, type PrimitiveKind, type ValueType } from "../types/value-types.js";
import type { Context } from "./context.js";
import { measure } from "./measure.js";
import type { ValidationScope } from "./scope.js";
import { isValueType } from "./types.js";

const single = { weight: 1, depth: 1, handles: 0 } as const;
const primitives: ReadonlyMap<string, ValueType> = new Map(
  primitiveKinds.map((kind: PrimitiveKind) => [kind, valueTypeOf({ kind }, single)]),
);

/** Resolves the definition of a function type. */
export function funcType(
  context: Context,
  scope: ValidationScope,
  syntax: Extract<TypeSyntax, { kind: "func" }>,
): FuncType {
  const { kind, async } = syntax;
  if (async) context.refuse("async functions");
  const resolver = new Resolver(context, scope);
  const params = mapNamed(syntax.params, resolver);
  const result = mapOptional(syntax.result, resolver);
  const type = { kind, async, params, result };
  measure(context, partsOf(type));
  if (result?.handles === 2) {
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
  const resolver = new Resolver(context, scope);
  switch (syntax.kind) {
    case "alias":
      return resolver.part(syntax.to);
    case "flags":
    case "enum":
      return valueTypeOf(syntax, measure(context, [], weightOfNames(syntax.labels)));
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
      return unsupportedType(context, `${syntax.kind}s`);
    case "fixed-list":
      return unsupportedType(context, "lists of fixed length");
    case "map":
      return unsupportedType(context, "maps");
    default: {
      const type = mapParts(syntax, resolver);
      const own = weightOfNames(type.kind === "variant" ? type.cases : []);
      return valueTypeOf(type, measure(context, partsOf(type), own));
    }
  }
}

/** Finds types where they are used. */
class Resolver implements PartMap<TypeRef, ValueType> {
  readonly #context: Context;
  readonly #scope: ValidationScope;

  constructor(context: Context, scope: ValidationScope) {
    this.#context = context;
    this.#scope = scope;
  }

  part(ref: TypeRef): ValueType {
    if (typeof ref === "number") {
      const type = this.#scope.at("type", ref);
      if (!isValueType(type)) throw invalid(`type ${ref} is no value type`);
      return type;
    }
    return ref === "error-context" ? unsupportedType(this.#context, ref) : defined(primitives.get(ref), ref);
  }
}

function unsupportedType(context: Context, feature: string): ValueType {
  context.refuse(feature);
  return valueTypeOf({ kind: "unsupported", feature }, single);
}

/** Eight names count as one value. */
function weightOfNames(names: readonly unknown[]): number {
  return 1 + Math.floor(names.length / 8);
}

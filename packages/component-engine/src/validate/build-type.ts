import { invalid } from "../errors.js";
import { defined } from "@novywave/base";
import { primitiveKinds, type TypeRef, type TypeSyntax } from "../binary/syntax.js";
import { limitError, type EngineLimits } from "../limits.js";
import type { FuncType, PrimitiveKind, ValueType } from "../types/value-types.js";
import { mapNamed, mapOptional, mapParts, partsOf } from "../types/parts.js";
import type { ValidationScope } from "./scope.js";
import { isValueType } from "./types.js";

const primitives: ReadonlyMap<string, ValueType> = new Map(
  primitiveKinds.map((kind: PrimitiveKind) => [kind, { kind, weight: 1, depth: 1 }]),
);

/** Notes that the component uses a feature that `compile` refuses. */
export type Refuse = (feature: string, offset: number) => void;

/** Resolves the definition of a value type or a function type. */
export class TypeBuilder {
  readonly #limits: EngineLimits;
  readonly #refuse: Refuse;

  constructor(limits: EngineLimits, refuse: Refuse) {
    this.#limits = limits;
    this.#refuse = refuse;
  }

  /** A type where it is used. */
  value(ref: TypeRef, scope: ValidationScope, offset: number): ValueType {
    if (typeof ref === "number") {
      const type = scope.at("type", ref, offset);
      if (!isValueType(type)) throw invalid(`type ${ref} is no value type`, offset);
      return type;
    }
    if (ref === "error-context") return this.#unsupported("error-context", offset);
    return defined(primitives.get(ref), ref);
  }

  func(syntax: Extract<TypeSyntax, { kind: "func" }>, scope: ValidationScope): FuncType {
    const { offset } = syntax;
    if (syntax.async) this.#refuse("async functions", offset);
    const value = (ref: TypeRef): ValueType => this.value(ref, scope, offset);
    const params = mapNamed(syntax.params, value);
    const type = {
      kind: "func",
      async: syntax.async,
      params,
      result: mapOptional(syntax.result, value),
    } as const;
    this.#measure(partsOf(type), offset);
    return type;
  }

  /** A value type from its definition. */
  define(
    syntax: Exclude<TypeSyntax, { kind: "func" | "resource" | "instance-type" | "component-type" }>,
    scope: ValidationScope,
  ): ValueType {
    const { offset } = syntax;
    const value = (ref: TypeRef): ValueType => this.value(ref, scope, offset);
    switch (syntax.kind) {
      case "alias":
        return value(syntax.to);
      case "flags":
      case "enum": {
        const { kind, labels } = syntax;
        return { kind, labels, ...this.#measure([], offset, labels.length) };
      }
      case "own":
      case "borrow": {
        const resource = scope.typeAt("resource", syntax.resource, offset);
        return { kind: syntax.kind, resource, weight: 1, depth: 1 };
      }
      case "stream":
      case "future":
        return this.#unsupported(`${syntax.kind}s`, offset);
      case "fixed-list":
        return this.#unsupported("lists of fixed length", offset);
      case "map":
        return this.#unsupported("maps", offset);
      default: {
        const type = mapParts(syntax, value);
        const names = type.kind === "variant" ? type.cases.length : 0;
        return { ...type, ...this.#measure(partsOf(type), offset, names) };
      }
    }
  }

  #unsupported(feature: string, offset: number): ValueType {
    this.#refuse(feature, offset);
    return { kind: "unsupported", feature, weight: 1, depth: 1 };
  }

  /** Weight and depth of a type with these parts. Throws when a limit is reached. */
  #measure(
    parts: readonly (ValueType | undefined)[],
    offset: number,
    names = 0,
  ): { weight: number; depth: number } {
    let weight = 1 + Math.floor(names / 8);
    let depth = 1;
    for (const part of parts) {
      if (part === undefined) continue;
      weight += part.weight;
      depth = Math.max(depth, part.depth + 1);
    }
    if (weight > this.#limits.maxTypeSize) {
      throw limitError("maxTypeSize", this.#limits, `a type of ${weight} values`, offset);
    }
    if (depth > this.#limits.maxDepth) {
      throw limitError("maxDepth", this.#limits, `a type of ${depth} levels`, offset);
    }
    return { weight, depth };
  }
}

import { invalid } from "./checks.js";
import { assertNever } from "@novywave/base";
import { primitiveKinds, type TypeRef, type TypeSyntax } from "../binary/syntax.js";
import { limitError, type EngineLimits } from "../limits.js";
import type { FuncType, PrimitiveKind, ValueType } from "../types/value-types.js";
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
    const primitive = primitives.get(ref);
    if (primitive === undefined) throw invalid(`unknown primitive ${ref}`, offset);
    return primitive;
  }

  func(syntax: Extract<TypeSyntax, { kind: "func" }>, scope: ValidationScope): FuncType {
    const { offset } = syntax;
    if (syntax.async) this.#refuse("async functions", offset);
    const params = syntax.params.map((param) => ({
      name: param.name,
      type: this.value(param.type, scope, offset),
    }));
    const result = this.#optional(syntax.result, scope, offset);
    this.#measure([...params.map((param) => param.type), result], offset);
    return { kind: "func", async: syntax.async, params, result };
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
      case "record": {
        const fields = syntax.fields.map((field) => ({ name: field.name, type: value(field.type) }));
        return {
          kind: "record",
          fields,
          ...this.#measure(
            fields.map((field) => field.type),
            offset,
          ),
        };
      }
      case "variant": {
        const cases = syntax.cases.map((item) => ({
          name: item.name,
          type: this.#optional(item.type, scope, offset),
        }));
        return {
          kind: "variant",
          cases,
          ...this.#measure(
            cases.map((item) => item.type),
            offset,
            cases.length,
          ),
        };
      }
      case "list": {
        const element = value(syntax.element);
        return { kind: "list", element, ...this.#measure([element], offset) };
      }
      case "tuple": {
        const items = syntax.items.map(value);
        return { kind: "tuple", items, ...this.#measure(items, offset) };
      }
      case "flags":
      case "enum":
        return {
          kind: syntax.kind,
          labels: syntax.labels,
          ...this.#measure([], offset, syntax.labels.length),
        };
      case "option": {
        const some = value(syntax.some);
        return { kind: "option", some, ...this.#measure([some], offset) };
      }
      case "result": {
        const ok = this.#optional(syntax.ok, scope, offset);
        const err = this.#optional(syntax.err, scope, offset);
        return { kind: "result", ok, err, ...this.#measure([ok, err], offset) };
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
      default:
        return assertNever(syntax);
    }
  }

  #optional(ref: TypeRef | undefined, scope: ValidationScope, offset: number): ValueType | undefined {
    return ref === undefined ? undefined : this.value(ref, scope, offset);
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

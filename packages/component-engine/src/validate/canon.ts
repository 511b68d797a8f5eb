import { invalid } from "../errors.js";
import type { Canon, CanonOptions } from "../binary/syntax.js";
import { sameCoreFuncType, showCoreFuncType, type CoreFuncType } from "../core/module-types.js";
import type { Context } from "./context.js";
import { coreSignature, funcLayoutOf, layoutOf } from "../types/layout.js";
import { resolveResource, type FuncType } from "../types/value-types.js";
import type { ValidationScope } from "./scope.js";

const reallocType: CoreFuncType = { params: ["i32", "i32", "i32", "i32"], results: ["i32"] };

/** Checks a canonical definition, and adds the function that it defines. */
export function validateCanon(context: Context, scope: ValidationScope, canon: Canon, offset: number): void {
  switch (canon.kind) {
    case "lift": {
      const type = scope.typeAt("func", canon.type, offset);
      validateLift(context, scope, canon.func, type, canon.options, offset);
      scope.spaces.func.push(type);
      return;
    }
    case "lower": {
      const type = scope.at("func", canon.func, offset);
      validateLower(context, scope, type, canon.options, offset);
      scope.spaces["core-func"].push({ kind: "func", type: coreSignature(type, "lower") });
      return;
    }
    case "resource.new":
    case "resource.rep":
    case "resource.drop": {
      const type = scope.typeAt("resource", canon.resource, offset);
      if (canon.kind !== "resource.drop" && !scope.definedResources.has(resolveResource(type))) {
        throw invalid(`${canon.kind} of a resource that another component defines`, offset);
      }
      const results: CoreFuncType["results"] = canon.kind === "resource.drop" ? [] : ["i32"];
      scope.spaces["core-func"].push({ kind: "func", type: { params: ["i32"], results } });
      return;
    }
    case "unsupported":
      context.refuse(canon.feature, offset);
      scope.spaces["core-func"].push({ kind: "func", type: undefined });
  }
}

function validateLift(
  context: Context,
  scope: ValidationScope,
  func: number,
  type: FuncType,
  options: CanonOptions,
  offset: number,
): void {
  context.spendConversions(type, offset);
  const expected = coreSignature(type, "lift");
  requireCoreFunc(scope, func, expected, "canon lift", offset);
  const { params, spilledParams, spilledResult } = funcLayoutOf(type);
  const takesMemory = params.pointers || spilledParams;
  validateOptions(context, scope, options, offset);
  requireOptions(options, takesMemory || spilledResult, takesMemory, offset);
  if (options.postReturn !== undefined) {
    requireCoreFunc(
      scope,
      options.postReturn,
      { params: expected.results, results: [] },
      "post-return",
      offset,
    );
  }
}

function validateLower(
  context: Context,
  scope: ValidationScope,
  type: FuncType,
  options: CanonOptions,
  offset: number,
): void {
  context.spendConversions(type, offset);
  if (options.postReturn !== undefined) throw invalid("post-return with canon lower", offset);
  const { params, spilledParams, spilledResult } = funcLayoutOf(type);
  const returnsMemory = type.result !== undefined && layoutOf(type.result).pointers;
  validateOptions(context, scope, options, offset);
  requireOptions(options, params.pointers || spilledParams || spilledResult, returnsMemory, offset);
}

function validateOptions(
  context: Context,
  scope: ValidationScope,
  options: CanonOptions,
  offset: number,
): void {
  if (options.unsupported !== undefined) context.refuse(options.unsupported, offset);
  if (options.memory !== undefined) scope.at("core-memory", options.memory, offset);
  if (options.realloc === undefined) return;
  if (options.memory === undefined) throw invalid("the option realloc needs the option memory", offset);
  requireCoreFunc(scope, options.realloc, reallocType, "realloc", offset);
}

function requireOptions(options: CanonOptions, memory: boolean, realloc: boolean, offset: number): void {
  if (memory && options.memory === undefined) throw invalid("the option memory is missing", offset);
  if (realloc && options.realloc === undefined) throw invalid("the option realloc is missing", offset);
}

export function requireCoreFunc(
  scope: ValidationScope,
  index: number,
  expected: CoreFuncType,
  what: string,
  offset: number,
): void {
  const { type } = scope.at("core-func", index, offset);
  if (type === undefined || sameCoreFuncType(type, expected)) return;
  throw invalid(
    `${what}: the core function is ${showCoreFuncType(type)}, needed is ${showCoreFuncType(expected)}`,
    offset,
  );
}

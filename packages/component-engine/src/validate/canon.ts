import { invalid } from "../errors.js";
import type { Canon, CanonOptions } from "../binary/syntax.js";
import { sameCoreFuncType, showCoreFuncType, type CoreFuncType } from "../core/module-types.js";
import type { Context } from "./context.js";
import { coreSignature, funcLayoutOf, layoutOf } from "../types/layout.js";
import { resolveResource, type FuncType } from "../types/value-types.js";
import type { ValidationScope } from "./scope.js";

const reallocType: CoreFuncType = { params: ["i32", "i32", "i32", "i32"], results: ["i32"] };

/** Checks a canonical definition, and adds the function that it defines. */
export function validateCanon(context: Context, scope: ValidationScope, canon: Canon): void {
  switch (canon.kind) {
    case "lift": {
      const type = scope.typeAt("func", canon.type);
      validateLift(context, scope, canon.func, type, canon.options);
      scope.spaces.func.push(type);
      return;
    }
    case "lower": {
      const type = scope.at("func", canon.func);
      validateLower(context, scope, type, canon.options);
      scope.spaces["core-func"].push({ kind: "func", type: coreSignature(type, "lower") });
      return;
    }
    case "resource.new":
    case "resource.rep":
    case "resource.drop": {
      const type = scope.typeAt("resource", canon.resource);
      if (canon.kind !== "resource.drop" && !scope.definedResources.has(resolveResource(type))) {
        throw invalid(`${canon.kind} of a resource that another component defines`);
      }
      const results: CoreFuncType["results"] = canon.kind === "resource.drop" ? [] : ["i32"];
      scope.spaces["core-func"].push({ kind: "func", type: { params: ["i32"], results } });
      return;
    }
    case "unsupported":
      context.refuse(canon.feature);
      scope.spaces["core-func"].push({ kind: "func", type: undefined });
  }
}

function validateLift(
  context: Context,
  scope: ValidationScope,
  func: number,
  type: FuncType,
  options: CanonOptions,
): void {
  context.spendConversions(type);
  const expected = coreSignature(type, "lift");
  requireCoreFunc(scope, func, expected, "canon lift");
  const { params, spilledParams, spilledResult } = funcLayoutOf(type);
  const takesMemory = params.pointers || spilledParams;
  validateOptions(context, scope, options);
  requireOptions(options, takesMemory || spilledResult, takesMemory);
  if (options.postReturn !== undefined) {
    requireCoreFunc(scope, options.postReturn, { params: expected.results, results: [] }, "post-return");
  }
}

function validateLower(
  context: Context,
  scope: ValidationScope,
  type: FuncType,
  options: CanonOptions,
): void {
  context.spendConversions(type);
  if (options.postReturn !== undefined) throw invalid("post-return with canon lower");
  const { params, spilledParams, spilledResult } = funcLayoutOf(type);
  const returnsMemory = type.result !== undefined && layoutOf(type.result).pointers;
  validateOptions(context, scope, options);
  requireOptions(options, params.pointers || spilledParams || spilledResult, returnsMemory);
}

function validateOptions(context: Context, scope: ValidationScope, options: CanonOptions): void {
  if (options.unsupported !== undefined) context.refuse(options.unsupported);
  if (options.memory !== undefined) scope.at("core-memory", options.memory);
  if (options.realloc === undefined) return;
  if (options.memory === undefined) throw invalid("the option realloc needs the option memory");
  requireCoreFunc(scope, options.realloc, reallocType, "realloc");
}

function requireOptions(options: CanonOptions, memory: boolean, realloc: boolean): void {
  if (memory && options.memory === undefined) throw invalid("the option memory is missing");
  if (realloc && options.realloc === undefined) throw invalid("the option realloc is missing");
}

export function requireCoreFunc(
  scope: ValidationScope,
  index: number,
  expected: CoreFuncType,
  what: string,
): void {
  const { type } = scope.at("core-func", index);
  if (type === undefined || sameCoreFuncType(type, expected)) return;
  throw invalid(
    `${what}: the core function is ${showCoreFuncType(type)}, needed is ${showCoreFuncType(expected)}`,
  );
}

import { invalid } from "../errors.js";
import type { Canon, CanonOptions } from "../binary/syntax.js";
import { sameCoreFuncType, showCoreFuncType, type CoreFuncType } from "../core/module-types.js";
import { coreSignature, funcLayoutOf, layoutOf } from "../types/layout.js";
import { resolveResource, type FuncType } from "../types/value-types.js";
import type { ValidationScope } from "./scope.js";

const reallocType: CoreFuncType = { params: ["i32", "i32", "i32", "i32"], results: ["i32"] };

/** Checks a canonical definition, and adds the function that it defines. */
export function validateCanon(scope: ValidationScope, canon: Canon): void {
  switch (canon.kind) {
    case "lift": {
      const type = scope.typeAt("func", canon.type);
      requireCoreFunc(scope, canon.func, coreSignature(type, "lift"), "canon lift");
      validateFunc(scope, type, canon.options, "lift");
      scope.push("func", type);
      return;
    }
    case "lower": {
      const type = scope.at("func", canon.func);
      validateFunc(scope, type, canon.options, "lower");
      scope.push("core-func", { kind: "func", type: coreSignature(type, "lower") });
      return;
    }
    case "unsupported":
      scope.context.refuse(canon.feature);
      scope.push("core-func", { kind: "func", type: undefined });
      return;
    default: {
      const type = scope.typeAt("resource", canon.resource);
      if (canon.kind !== "resource.drop" && !scope.definedResources.has(resolveResource(type))) {
        throw invalid(`${canon.kind} of a resource that another component defines`);
      }
      const results: CoreFuncType["results"] = canon.kind === "resource.drop" ? [] : ["i32"];
      scope.push("core-func", { kind: "func", type: { params: ["i32"], results } });
    }
  }
}

/** Checks the options of a function that is lifted or lowered. */
function validateFunc(
  scope: ValidationScope,
  type: FuncType,
  options: CanonOptions,
  direction: "lift" | "lower",
): void {
  const { memory, realloc, postReturn, unsupported } = options;
  const { params, spilledParams, spilledResult } = funcLayoutOf(type);
  const paramsInMemory = params.pointers || spilledParams;
  const resultBehindPointer = type.result !== undefined && layoutOf(type.result).pointers;
  scope.context.spendConversions(type);
  if (unsupported !== undefined) scope.context.refuse(unsupported);
  if (memory !== undefined) scope.at("core-memory", memory);
  else if (realloc !== undefined) throw invalid("the option realloc needs the option memory");
  else if (paramsInMemory || spilledResult) throw invalid("the option memory is missing");
  if (realloc !== undefined) requireCoreFunc(scope, realloc, reallocType, "realloc");
  else if (direction === "lift" ? paramsInMemory : resultBehindPointer) {
    throw invalid("the option realloc is missing");
  }
  if (postReturn === undefined) return;
  if (direction === "lower") throw invalid("post-return with canon lower");
  const { results } = coreSignature(type, direction);
  requireCoreFunc(scope, postReturn, { params: results, results: [] }, "post-return");
}

export function requireCoreFunc(
  scope: ValidationScope,
  index: number,
  expected: CoreFuncType,
  what: string,
): void {
  const { type } = scope.at("core-func", index);
  if (type === undefined || sameCoreFuncType(type, expected)) return;
  throw invalid(`${what}: expected ${showCoreFuncType(expected)}, found ${showCoreFuncType(type)}`);
}

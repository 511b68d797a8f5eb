import type { Canon, CanonOptions } from "../binary/syntax.js";
import type { CoreFuncType } from "../core/module-types.js";
import type { AbiOptions, CoreRef, Trampoline } from "../plan.js";
import { coreSignature, funcLayoutOf, layoutOf } from "../types/layout.js";
import { resolveResource, type FuncType } from "../types/value-types.js";
import { at } from "./at.js";
import { invalid, requireSignature } from "./checks.js";
import type { Context } from "./context.js";
import type { CoreEntity } from "./entities.js";
import type { Scope } from "./scope.js";

const reallocType: CoreFuncType = { params: ["i32", "i32", "i32", "i32"], results: ["i32"] };

/** Evaluates a canonical definition: lifted functions, lowered functions, resource built-ins. */
export function evaluateCanon(context: Context, canon: Canon, scope: Scope, offset: number): void {
  switch (canon.kind) {
    case "lift":
      evaluateLift(context, canon, scope, offset);
      return;
    case "lower":
      evaluateLower(context, canon, scope, offset);
      return;
    case "resource.new":
    case "resource.drop":
    case "resource.rep":
      evaluateResourceBuiltin(context, canon, scope, offset);
      return;
    case "unsupported":
      context.refuse(canon.feature, offset);
      scope.coreFuncs.push({ kind: "func", type: undefined, ref: { kind: "trampoline", index: -1 } });
  }
}

function evaluateLift(
  context: Context,
  canon: Extract<Canon, { kind: "lift" }>,
  scope: Scope,
  offset: number,
): void {
  const core = at(scope.coreFuncs, canon.func, "core function", offset);
  const type = at(scope.types, canon.type, "type", offset);
  if (type.kind !== "func") throw invalid(`type ${canon.type} is no function type`, offset);
  context.spendConversions(type, offset);
  const expected = coreSignature(type, "lift");
  requireSignature(core, expected, "canon lift", offset);
  const options = abiOptions(context, canon.options, scope, offset);
  const layout = funcLayoutOf(type);
  requireOptions(options, {
    memory: layout.params.pointers || layout.spilledParams || layout.spilledResult || hasPointers(type),
    realloc: layout.params.pointers || layout.spilledParams,
    offset,
  });
  if (canon.options.postReturn !== undefined) {
    const postReturn = at(scope.coreFuncs, canon.options.postReturn, "core function", offset);
    requireSignature(postReturn, { params: expected.results, results: [] }, "post-return", offset);
  }
  const source = { kind: "lift", index: context.lifts.length } as const;
  context.lifts.push({ core: core.ref, type, options, instance: scope.instance });
  scope.funcs.push({ kind: "func", type, source });
}

function evaluateLower(
  context: Context,
  canon: Extract<Canon, { kind: "lower" }>,
  scope: Scope,
  offset: number,
): void {
  const func = at(scope.funcs, canon.func, "function", offset);
  context.spendConversions(func.type, offset);
  const options = abiOptions(context, canon.options, scope, offset);
  if (options.postReturn !== undefined) throw invalid("post-return with canon lower", offset);
  const layout = funcLayoutOf(func.type);
  requireOptions(options, {
    memory: layout.params.pointers || layout.spilledParams || layout.spilledResult || hasPointers(func.type),
    realloc: hasPointers(func.type),
    offset,
  });
  addTrampoline(
    context,
    { kind: "lower", source: func.source, type: func.type, options, instance: scope.instance },
    coreSignature(func.type, "lower"),
    scope,
  );
}

function evaluateResourceBuiltin(
  context: Context,
  canon: Extract<Canon, { resource: number }>,
  scope: Scope,
  offset: number,
): void {
  const resource = resolveResource(context.types.resource(canon.resource, scope, offset)).definition;
  if (canon.kind !== "resource.drop") {
    const definition = context.resources[resource];
    if (definition?.kind !== "guest" || definition.instance !== scope.instance) {
      throw invalid(`${canon.kind} of a resource that this component does not define`, offset);
    }
  }
  const results: CoreFuncType["results"] = canon.kind === "resource.drop" ? [] : ["i32"];
  addTrampoline(
    context,
    { kind: canon.kind, resource, instance: scope.instance },
    { params: ["i32"], results },
    scope,
  );
}

function addTrampoline(context: Context, trampoline: Trampoline, type: CoreFuncType, scope: Scope): void {
  const ref: CoreRef = { kind: "trampoline", index: context.trampolines.length };
  context.trampolines.push(trampoline);
  scope.coreFuncs.push({ kind: "func", type, ref });
}

function abiOptions(context: Context, options: CanonOptions, scope: Scope, offset: number): AbiOptions {
  if (options.unsupported !== undefined) context.refuse(options.unsupported, offset);
  const func = (index: number | undefined): CoreEntity | undefined =>
    index === undefined ? undefined : at(scope.coreFuncs, index, "core function", offset);
  const realloc = func(options.realloc);
  if (realloc !== undefined) requireSignature(realloc, reallocType, "realloc", offset);
  const memory =
    options.memory === undefined ? undefined : at(scope.coreMemories, options.memory, "core memory", offset);
  return {
    encoding: options.encoding,
    memory: memory?.ref,
    realloc: realloc?.ref,
    postReturn: func(options.postReturn)?.ref,
  };
}

function requireOptions(
  options: AbiOptions,
  needs: { readonly memory: boolean; readonly realloc: boolean; readonly offset: number },
): void {
  if (needs.memory && options.memory === undefined)
    throw invalid("the option memory is missing", needs.offset);
  if (needs.realloc && options.realloc === undefined)
    throw invalid("the option realloc is missing", needs.offset);
}

/** Whether the result of a function has strings or lists. */
function hasPointers(type: FuncType): boolean {
  return type.result !== undefined && layoutOf(type.result).pointers;
}

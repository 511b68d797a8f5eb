import type { Canon, CanonOptions } from "../binary/syntax.js";
import type { AbiOptions, CoreRef, Trampoline } from "../plan.js";
import { resolveResource } from "../types/value-types.js";
import { at } from "./at.js";
import { invalid } from "./checks.js";
import type { Context } from "./context.js";
import type { CoreEntity } from "./entities.js";
import type { Scope } from "./scope.js";

/** Plans a canonical definition that has been validated: lifted functions, lowered functions, resource built-ins. */
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
      scope.coreFuncs.push({ kind: "func", ref: { kind: "trampoline", index: -1 } });
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
  const options = abiOptions(context, canon.options, scope, offset);
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
  addTrampoline(
    context,
    { kind: "lower", source: func.source, type: func.type, options, instance: scope.instance },
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
  addTrampoline(context, { kind: canon.kind, resource, instance: scope.instance }, scope);
}

function addTrampoline(context: Context, trampoline: Trampoline, scope: Scope): void {
  const ref: CoreRef = { kind: "trampoline", index: context.trampolines.length };
  context.trampolines.push(trampoline);
  scope.coreFuncs.push({ kind: "func", ref });
}

function abiOptions(context: Context, options: CanonOptions, scope: Scope, offset: number): AbiOptions {
  if (options.unsupported !== undefined) context.refuse(options.unsupported, offset);
  const func = (index: number | undefined): CoreEntity | undefined =>
    index === undefined ? undefined : at(scope.coreFuncs, index, "core function", offset);
  const realloc = func(options.realloc);
  const memory =
    options.memory === undefined ? undefined : at(scope.coreMemories, options.memory, "core memory", offset);
  return {
    encoding: options.encoding,
    memory: memory?.ref,
    realloc: realloc?.ref,
    postReturn: func(options.postReturn)?.ref,
  };
}

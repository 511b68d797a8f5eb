import { assertNever } from "@novywave/base";
import { quoteName } from "../binary/names.js";
import type { ExternDesc } from "../binary/syntax.js";
import type { EngineError } from "../errors.js";
import { limitError } from "../limits.js";
import { sameFuncType, sameType } from "../types/same-type.js";
import { resolveResource, weightOf, type FuncType } from "../types/value-types.js";
import { at } from "./at.js";
import { invalid, requireNewKey } from "./checks.js";
import type { Context } from "./context.js";
import { declare, isDeclaration } from "./declare.js";
import {
  isValueType,
  type Entity,
  type InstanceEntity,
  type InstanceTypeEntity,
  type TypeEntity,
} from "./entities.js";
import { pushEntity, Scope } from "./scope.js";

/** Where an abstract instance comes from: the import of the outermost component. */
export interface HostImport {
  readonly name: string;
}

/** What an import of the outermost component stands for before anything is given. */
export function abstractEntity(
  context: Context,
  desc: ExternDesc,
  scope: Scope,
  host: HostImport,
  name: string,
  func: string | undefined,
  offset: number,
): Entity | undefined {
  switch (desc.kind) {
    case "func": {
      const type = funcType(desc.index, scope, offset);
      return { kind: "func", type, source: { kind: "import", import: host.name, func } };
    }
    case "type-eq":
      return {
        kind: "type",
        type: context.rename(at(scope.types, desc.index, "type", offset), name, offset),
      };
    case "type-resource":
      return {
        kind: "type",
        type: context.addResource({ kind: "host", import: host.name, type: func }, offset, name),
      };
    case "instance": {
      const type = instanceType(desc.index, scope, offset);
      if (func !== undefined)
        context.refuse(`an instance inside the imported instance ${quoteName(host.name)}`, offset);
      return context.nested(offset, () => evaluateInstanceType(context, type, undefined, host, offset));
    }
    case "core-module":
      context.refuse(`an imported core module (${quoteName(name)})`, offset);
      return undefined;
    case "component":
      context.refuse(`an imported component (${quoteName(name)})`, offset);
      return undefined;
    case "value":
      context.refuse("values", offset);
      return undefined;
    default:
      return assertNever(desc);
  }
}

/** Checks that what is given fits what is asked for; answers with what is seen from inside. */
export function bindEntity(
  context: Context,
  desc: ExternDesc,
  given: Entity,
  scope: Scope,
  name: string,
  offset: number,
): Entity {
  const mismatch = (what: string): EngineError => invalid(`${quoteName(name)} must be ${what}`, offset);
  switch (desc.kind) {
    case "func": {
      if (given.kind !== "func") throw mismatch("a function");
      const type = funcType(desc.index, scope, offset);
      requireSameFunc(context, type, given.type, name, offset);
      return { kind: "func", type, source: given.source };
    }
    case "type-eq": {
      const type = at(scope.types, desc.index, "type", offset);
      if (given.kind !== "type" || !sameTypeEntity(context, type, given.type, offset))
        throw mismatch("the same type");
      return given;
    }
    case "type-resource":
      if (given.kind !== "type" || given.type.kind !== "resource") throw mismatch("a resource type");
      return given;
    case "instance":
      if (given.kind !== "instance") throw mismatch("an instance");
      return context.nested(offset, () =>
        evaluateInstanceType(context, instanceType(desc.index, scope, offset), given, { name }, offset),
      );
    case "component":
      if (given.kind !== "component") throw mismatch("a component");
      return given;
    case "core-module":
      if (given.kind !== "core-module") throw mismatch("a core module");
      return given;
    case "value":
      throw mismatch("a value, which is unsupported");
    default:
      return assertNever(desc);
  }
}

/** Evaluates an instance type: bound to what is given, or to the host's import. */
function evaluateInstanceType(
  context: Context,
  type: InstanceTypeEntity,
  given: InstanceEntity | undefined,
  host: HostImport,
  offset: number,
): InstanceEntity {
  const depth = type.outer.scope.depth + 1;
  if (depth > context.limits.maxDepth)
    throw limitError("maxDepth", context.limits, "types are nested too deep", offset);
  const scope = new Scope(type.outer, type.outer.scope.instance, depth);
  const exports = new Map<string, Entity>();
  for (const decl of type.decls) {
    context.spend(10, decl.offset);
    if (decl.kind !== "export-decl") {
      if (!isDeclaration(decl)) throw invalid("this cannot stand in an instance type", decl.offset);
      declare(context, decl, scope);
      continue;
    }
    requireNewKey(exports, decl.name, decl.offset);
    let entity: Entity | undefined;
    if (given === undefined) {
      entity = abstractEntity(context, decl.desc, scope, host, decl.name, decl.name, decl.offset);
    } else {
      const actual = given.exports.get(decl.name);
      if (actual === undefined) {
        throw invalid(`the instance ${quoteName(host.name)} lacks ${quoteName(decl.name)}`, offset);
      }
      entity = bindEntity(context, decl.desc, actual, scope, decl.name, decl.offset);
    }
    if (entity === undefined) continue;
    pushEntity(scope, entity);
    exports.set(decl.name, entity);
  }
  return { kind: "instance", exports };
}

function funcType(index: number, scope: Scope, offset: number): FuncType {
  const type = at(scope.types, index, "type", offset);
  if (type.kind !== "func") throw invalid(`type ${index} is no function type`, offset);
  return type;
}

function instanceType(index: number, scope: Scope, offset: number): InstanceTypeEntity {
  const type = at(scope.types, index, "type", offset);
  if (type.kind !== "instance-type") throw invalid(`type ${index} is no instance type`, offset);
  return type;
}

function requireSameFunc(
  context: Context,
  expected: FuncType,
  given: FuncType,
  name: string,
  offset: number,
): void {
  if (expected === given) return;
  context.spend(4 * weightOf(expected), offset);
  if (!sameFuncType(expected, given))
    throw invalid(`the function ${quoteName(name)} has another type than asked for`, offset);
}

function sameTypeEntity(context: Context, a: TypeEntity, b: TypeEntity, offset: number): boolean {
  if (a === b) return true;
  if (a.kind === "resource" && b.kind === "resource") return resolveResource(a) === resolveResource(b);
  if (a.kind === "func" && b.kind === "func") return sameFuncType(a, b);
  if (!isValueType(a) || !isValueType(b)) return a.kind === b.kind;
  context.spend(4 * a.weight, offset);
  return sameType(a, b);
}

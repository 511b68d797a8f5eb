import { invalid } from "../errors.js";
import { quoteName, twoNamed } from "../binary/names.js";
import type { CoreTypeSyntax, Definition, SortIndex } from "../binary/syntax.js";
import { coreExternOf } from "../core/read-module.js";
import {
  coreImportKey,
  fitsCoreExtern,
  type CoreExtern,
  type CoreFuncType,
  type CoreImport,
} from "../core/module-types.js";
import { at } from "./checks.js";
import type { Context } from "./context.js";
import type { ValidationScope } from "./scope.js";
import { coreDifference } from "./subtype.js";
import type { ModuleSignature } from "./types.js";

/** Evaluates a core type of a component. */
export function coreType(
  context: Context,
  scope: ValidationScope,
  syntax: CoreTypeSyntax,
): CoreFuncType | ModuleSignature {
  return syntax.kind === "func" ? syntax.type : moduleType(context, scope, syntax);
}

function moduleType(
  context: Context,
  scope: ValidationScope,
  syntax: Extract<CoreTypeSyntax, { kind: "module" }>,
): ModuleSignature {
  const types: CoreFuncType[] = [];
  const imports = new Map<string, CoreImport>();
  const exports = new Map<string, CoreExtern>();
  for (const decl of syntax.decls) {
    const { offset } = decl;
    context.spend(1, offset);
    switch (decl.kind) {
      case "type":
        types.push(decl.type);
        break;
      case "alias-outer": {
        const type =
          decl.count === 0
            ? at(types, decl.index, "core type", offset)
            : outerScope(scope, decl.count - 1, offset).at("core-type", decl.index, offset);
        if (!("params" in type)) throw invalid("a module type cannot be aliased into a module type", offset);
        types.push(type);
        break;
      }
      case "import": {
        const key = coreImportKey(decl.module, decl.name);
        if (imports.has(key)) throw twoNamed("core import", offset, decl.module, decl.name);
        imports.set(key, {
          ...coreExternOf(decl.extern, types, offset),
          module: decl.module,
          name: decl.name,
        });
        break;
      }
      case "export":
        if (exports.has(decl.name)) throw twoNamed("core export", offset, decl.name);
        exports.set(decl.name, coreExternOf(decl.extern, types, offset));
    }
  }
  return { imports: [...imports.values()], exports };
}

/** The scope that many levels out. */
export function outerScope(scope: ValidationScope, count: number, offset: number): ValidationScope {
  let outer = scope;
  for (let i = 0; i < count; i++) {
    if (outer.outer === undefined) throw invalid(`an alias reaches ${count} components out`, offset);
    outer = outer.outer;
  }
  return outer;
}

/** Checks the arguments of a core module; answers with what its instance exports. */
export function coreInstantiation(
  context: Context,
  scope: ValidationScope,
  definition: Extract<Definition, { kind: "core-instantiate" }>,
): ReadonlyMap<string, CoreExtern> {
  const { offset } = definition;
  const module = scope.at("core-module", definition.module, offset);
  const given = new Map<string, ReadonlyMap<string, CoreExtern>>();
  for (const arg of definition.args) {
    if (given.has(arg.name)) throw twoNamed("argument", offset, arg.name);
    given.set(arg.name, scope.at("core-instance", arg.instance, offset));
  }
  context.spend(definition.args.length + module.imports.length, offset);
  for (const wanted of module.imports) {
    const found = given.get(wanted.module)?.get(wanted.name);
    if (found !== undefined && fitsCoreExtern(found, wanted)) continue;
    const what = `${quoteName(wanted.module)} ${quoteName(wanted.name)}`;
    if (found === undefined) {
      throw invalid(`core module ${definition.module} imports ${what}, which is not given`, offset);
    }
    throw invalid(`core import ${what}: ${coreDifference(found, wanted)}`, offset);
  }
  return module.exports;
}

/** A core instance made of definitions that are already there. */
export function coreExports(
  context: Context,
  scope: ValidationScope,
  definition: Extract<Definition, { kind: "core-inline-instance" }>,
): ReadonlyMap<string, CoreExtern> {
  const { offset } = definition;
  context.spend(definition.exports.length, offset);
  const exports = new Map<string, CoreExtern>();
  for (const item of definition.exports) {
    if (exports.has(item.name)) throw twoNamed("core export", offset, item.name);
    exports.set(item.name, coreExternAt(scope, item, offset));
  }
  return exports;
}

function coreExternAt(scope: ValidationScope, item: SortIndex, offset: number): CoreExtern {
  switch (item.sort) {
    case "core-func":
    case "core-table":
    case "core-memory":
    case "core-global":
    case "core-tag":
      return scope.at(item.sort, item.index, offset);
    default:
      throw invalid(`a ${item.sort} cannot be exported from a core instance`, offset);
  }
}

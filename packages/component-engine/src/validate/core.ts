import { invalid } from "../errors.js";
import { twoNamed } from "../binary/names.js";
import type { CoreModuleDecl, CoreTypeSyntax, Definition, SortIndex } from "../binary/syntax.js";
import { coreExternOf } from "../core/read-module.js";
import { CoreExterns, type CoreExtern, type CoreFuncType } from "../core/module-types.js";
import { at } from "./checks.js";
import type { ValidationScope } from "./scope.js";
import { coreDifference } from "./subtype.js";
import type { ModuleSignature } from "./types.js";

/** The type of a core module. */
export function moduleType(
  scope: ValidationScope,
  syntax: Extract<CoreTypeSyntax, { kind: "module" }>,
): ModuleSignature {
  const externs = new CoreExterns();
  scope.context.each(syntax.decls, { scope, types: [], externs }, moduleDecl);
  return { imports: [...externs.imports.values()], exports: externs.exports };
}

/** What a module type has declared so far. */
interface ModuleScope {
  readonly scope: ValidationScope;
  readonly types: CoreFuncType[];
  readonly externs: CoreExterns;
}

function moduleDecl({ scope, types, externs }: ModuleScope, decl: CoreModuleDecl): void {
  switch (decl.kind) {
    case "type":
      types.push(decl.type);
      return;
    case "alias-outer": {
      const type =
        decl.count === 0
          ? at(types, decl.index, "core-type")
          : outerScope(scope, decl.count - 1).at("core-type", decl.index);
      if (!("params" in type)) throw invalid("a module type cannot be aliased in a module type");
      types.push(type);
      return;
    }
    case "import":
      externs.import(decl.module, decl.name, coreExternOf(decl.extern, types));
      return;
    case "export":
      externs.export(decl.name, coreExternOf(decl.extern, types));
  }
}

/** The scope that many levels out. */
export function outerScope(scope: ValidationScope, count: number): ValidationScope {
  let outer = scope;
  for (let i = 0; i < count; i++) {
    if (outer.outer === undefined) throw invalid(`an alias reaches ${count} components out`);
    outer = outer.outer;
  }
  return outer;
}

/** Checks the arguments of a core module; answers with what its instance exports. */
export function coreInstantiation(
  scope: ValidationScope,
  definition: Extract<Definition, { kind: "core-instantiate" }>,
): ReadonlyMap<string, CoreExtern> {
  const module = scope.at("core-module", definition.module);
  const given = new Map<string, ReadonlyMap<string, CoreExtern>>();
  for (const arg of definition.args) {
    if (given.has(arg.name)) throw twoNamed("argument", [arg.name]);
    given.set(arg.name, scope.at("core-instance", arg.instance));
  }
  scope.context.spend(definition.args.length + module.imports.length);
  for (const wanted of module.imports) {
    const found = given.get(wanted.module)?.get(wanted.name);
    const difference = coreDifference("import", [wanted.module, wanted.name], found, wanted.type);
    if (difference !== undefined) throw invalid(`core module ${definition.module}: ${difference}`);
  }
  return module.exports;
}

/** A core instance made of definitions that are already there. */
export function coreExports(
  scope: ValidationScope,
  definition: Extract<Definition, { kind: "core-inline-instance" }>,
): ReadonlyMap<string, CoreExtern> {
  scope.context.spend(definition.exports.length);
  const externs = new CoreExterns();
  for (const item of definition.exports) externs.export(item.name, coreExternAt(scope, item));
  return externs.exports;
}

function coreExternAt(scope: ValidationScope, item: SortIndex): CoreExtern {
  switch (item.sort) {
    case "core-func":
    case "core-table":
    case "core-memory":
    case "core-global":
    case "core-tag":
      return scope.at(item.sort, item.index);
    default:
      throw invalid(`a ${item.sort} cannot be exported from a core instance`);
  }
}

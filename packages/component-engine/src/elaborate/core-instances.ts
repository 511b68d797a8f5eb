import { quoteName } from "../binary/names.js";
import type { Definition, NamedSortIndex, SortIndex } from "../binary/syntax.js";
import type { CoreArgument } from "../plan.js";
import { at } from "./at.js";
import { invalid, requireNewKey } from "./checks.js";
import type { Context } from "./context.js";
import type { CoreEntity, CoreInstanceEntity } from "./entities.js";
import type { Scope } from "./scope.js";

/** Plans an instance of a core module, and answers with what it exports. */
export function coreInstantiate(
  context: Context,
  definition: Extract<Definition, { kind: "core-instantiate" }>,
  scope: Scope,
): CoreInstanceEntity {
  const { offset } = definition;
  const { index, module } = at(scope.coreModules, definition.module, "core module", offset);
  const given = new Map<string, CoreInstanceEntity>();
  for (const arg of definition.args) {
    requireNewKey(given, arg.name, offset);
    given.set(arg.name, at(scope.coreInstances, arg.instance, "core instance", offset));
  }
  // The platform makes a function object for each export.
  context.spend(definition.args.length + module.imports.length + 8 * module.exports.size, offset);
  const args = module.imports.map((item): CoreArgument => {
    const what = `${quoteName(item.module)} ${quoteName(item.name)}`;
    const entity = given.get(item.module)?.get(item.name);
    if (entity === undefined)
      throw invalid(`core module ${definition.module} imports ${what}, which is not given`, offset);
    return { module: item.module, name: item.name, value: entity.ref };
  });
  const instance = context.addCoreInstance({ module: index, args }, module, offset);
  const exports = new Map<string, CoreEntity>();
  for (const [name, { kind }] of module.exports) {
    exports.set(name, { kind, ref: { kind: "export", instance, name } });
  }
  return exports;
}

function coreEntity(item: SortIndex, scope: Scope, offset: number): CoreEntity {
  switch (item.sort) {
    case "core-func":
      return at(scope.coreFuncs, item.index, "core function", offset);
    case "core-table":
      return at(scope.coreTables, item.index, "core table", offset);
    case "core-memory":
      return at(scope.coreMemories, item.index, "core memory", offset);
    case "core-global":
      return at(scope.coreGlobals, item.index, "core global", offset);
    case "core-tag":
      return at(scope.coreTags, item.index, "core tag", offset);
    default:
      throw invalid(`a ${item.sort} cannot be exported from a core instance`, offset);
  }
}

/** A core instance made of definitions that are already there. */
export function coreInlineInstance(
  context: Context,
  exports: readonly NamedSortIndex[],
  scope: Scope,
  offset: number,
): CoreInstanceEntity {
  context.spend(4 * exports.length, offset);
  const instance = new Map<string, CoreEntity>();
  for (const item of exports) {
    requireNewKey(instance, item.name, offset);
    instance.set(item.name, coreEntity(item, scope, offset));
  }
  return instance;
}

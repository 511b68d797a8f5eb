import { quoteName } from "../binary/names.js";
import type { ComponentSyntax, Definition, ExternDesc, NamedSortIndex, SortIndex } from "../binary/syntax.js";
import { limitError } from "../limits.js";
import { at } from "./at.js";
import { abstractEntity, bindEntity } from "./bind.js";
import { evaluateCanon } from "./canon.js";
import { invalid, requireNewKey } from "./checks.js";
import type { Context } from "./context.js";
import { coreInlineInstance, coreInstantiate } from "./core-instances.js";
import { declare } from "./declare.js";
import type { Entity } from "./entities.js";
import { toExtern } from "./externs.js";
import { coreSpace, pushEntity, Scope } from "./scope.js";

/** The arguments of a nested component; the outermost has none and imports from the host. */
type Arguments = ReadonlyMap<string, Entity> | undefined;

/** What a component exports under a name, and where it says so. */
export interface Exported {
  readonly entity: Entity;
  readonly offset: number;
}

/** Evaluates a component body; answers with its exports. */
export function evaluateComponent(
  context: Context,
  syntax: ComponentSyntax,
  outer: Scope["outer"],
  args: Arguments,
  depth: number,
): ReadonlyMap<string, Exported> {
  if (depth > context.limits.maxDepth) {
    throw limitError("maxDepth", context.limits, "components are nested too deep", syntax.offset);
  }
  const scope = new Scope(outer, context.instances, depth);
  context.instances += 1;
  const exports = new Map<string, Exported>();
  for (const definition of syntax.definitions) {
    context.spend(10, definition.offset);
    if (definition.kind === "import") {
      evaluateImport(context, definition.name, definition.desc, scope, args, definition.offset);
    } else if (definition.kind === "export") {
      const entity = evaluateExport(context, definition, scope);
      exports.set(definition.name, { entity, offset: definition.offset });
    } else {
      evaluate(context, definition, scope);
    }
  }
  return exports;
}

function evaluate(
  context: Context,
  definition: Exclude<Definition, { kind: "import" | "export" }>,
  scope: Scope,
): void {
  const { offset } = definition;
  switch (definition.kind) {
    case "core-module":
      scope.coreModules.push(context.coreModule(definition.start, definition.end));
      return;
    case "core-instantiate":
      scope.coreInstances.push(coreInstantiate(context, definition, scope));
      return;
    case "core-inline-instance":
      scope.coreInstances.push(coreInlineInstance(context, definition.exports, scope, offset));
      return;
    case "component":
      scope.components.push({ kind: "component", syntax: definition.component, outer: scope.snapshot() });
      return;
    case "instantiate": {
      const component = at(scope.components, definition.component, "component", offset);
      const args = namedEntities(context, definition.args, scope, offset);
      const exports = new Map<string, Entity>();
      for (const [name, { entity }] of evaluateComponent(
        context,
        component.syntax,
        component.outer,
        args,
        scope.depth + 1,
      )) {
        exports.set(name, entity);
      }
      scope.instances.push({ kind: "instance", exports });
      return;
    }
    case "inline-instance":
      scope.instances.push({
        kind: "instance",
        exports: namedEntities(context, definition.exports, scope, offset),
      });
      return;
    case "alias-core-export": {
      const instance = at(scope.coreInstances, definition.instance, "core instance", offset);
      const entity = instance.get(definition.name);
      if (entity === undefined) {
        throw invalid(
          `core instance ${definition.instance} has no export ${quoteName(definition.name)}`,
          offset,
        );
      }
      coreSpace(scope, entity.kind).push(entity);
      return;
    }
    case "alias-export":
    case "alias-outer":
    case "type":
    case "core-type":
      declare(context, definition, scope);
      return;
    case "canon":
      evaluateCanon(context, definition.canon, scope, offset);
      return;
    case "start":
      context.refuse("a start section", offset);
      return;
    case "value":
      context.refuse("values", offset);
      return;
    case "export-decl":
      throw invalid("an export declaration outside a type", offset);
  }
}

function namedEntities(
  context: Context,
  items: readonly NamedSortIndex[],
  scope: Scope,
  offset: number,
): Map<string, Entity> {
  context.spend(4 * items.length, offset);
  const named = new Map<string, Entity>();
  for (const item of items) {
    requireNewKey(named, item.name, offset);
    named.set(item.name, entityAt(item, scope, offset));
  }
  return named;
}

function entityAt(item: SortIndex, scope: Scope, offset: number): Entity {
  switch (item.sort) {
    case "func":
      return at(scope.funcs, item.index, "function", offset);
    case "type":
      return { kind: "type", type: at(scope.types, item.index, "type", offset) };
    case "component":
      return at(scope.components, item.index, "component", offset);
    case "instance":
      return at(scope.instances, item.index, "instance", offset);
    case "core-module":
      return at(scope.coreModules, item.index, "core module", offset);
    default:
      throw invalid(`a ${item.sort} cannot stand here`, offset);
  }
}

function evaluateImport(
  context: Context,
  name: string,
  desc: ExternDesc,
  scope: Scope,
  args: Arguments,
  offset: number,
): void {
  if (args !== undefined) {
    const given = args.get(name);
    if (given === undefined)
      throw invalid(`a nested component needs ${quoteName(name)}, which is not given`, offset);
    pushEntity(scope, bindEntity(context, desc, given, scope, name, offset));
    return;
  }
  const entity = abstractEntity(context, desc, scope, { name }, name, undefined, offset);
  if (entity === undefined) return;
  pushEntity(scope, entity);
  const extern = toExtern(context, name, entity, "import", offset);
  if (extern !== undefined) context.imports.push(extern.extern);
}

function evaluateExport(
  context: Context,
  definition: Extract<Definition, { kind: "export" }>,
  scope: Scope,
): Entity {
  const { name, target, ascribed, offset } = definition;
  let entity = entityAt(target, scope, offset);
  if (entity.kind === "type") entity = { kind: "type", type: context.rename(entity.type, name, offset) };
  if (ascribed !== undefined) entity = bindEntity(context, ascribed, entity, scope, name, offset);
  pushEntity(scope, entity);
  return entity;
}

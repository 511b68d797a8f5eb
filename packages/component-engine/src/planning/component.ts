import type { Canon, CanonOptions, ComponentSyntax, Definition, NamedSortIndex } from "../binary/syntax.js";
import { requireWithin } from "../limits.js";
import type { AbiOptions, CoreArgument, CoreRef } from "../plan.js";
import { Frame, known, type CoreInstance, type Entity, type Exports } from "./frame.js";
import { hostEntity } from "./host.js";
import type { PlanBuilder } from "./plan-builder.js";
import type { Context } from "../validate/context.js";

/**
 * Instantiates a component that has been validated: writes down what has to be made, and answers with what it exports. `args` are
 * its imports; the outermost component has none, and imports from the host.
 */
export function planComponent(
  plan: PlanBuilder,
  syntax: ComponentSyntax,
  outer: Frame | undefined,
  args: Exports | undefined,
  depth: number,
): Exports {
  const { context } = plan;
  requireWithin(context.limits, "maxDepth", depth, "components are nested too deep");
  const frame = new Frame(plan, known(plan.scopes.get(syntax)), outer, args, depth);
  context.each(syntax.definitions, frame, planDefinition);
  return frame.exports;
}

function planDefinition(frame: Frame, definition: Definition): void {
  const { context } = frame.plan;
  switch (definition.kind) {
    case "import": {
      const { name } = definition;
      const given =
        frame.args === undefined
          ? hostEntity(frame.plan, name, undefined, known(frame.scope.imports.items.get(name)))
          : frame.args.get(name);
      frame.push(known(given));
      return;
    }
    case "export": {
      const entity = entityAt(frame, definition.target);
      frame.push(entity);
      frame.exports.set(definition.name, entity);
      return;
    }
    case "core-module":
      frame.push({ kind: "core-module", index: context.coreModule(definition.start, definition.end).index });
      return;
    case "core-instantiate":
      frame.coreInstances.push(instantiateCore(context, frame, definition));
      return;
    case "core-inline-instance":
      context.spend(4 * definition.exports.length);
      frame.coreInstances.push(coreItems(frame, definition.exports));
      return;
    case "component":
      frame.push({ kind: "component", syntax: definition.component, outer: frame });
      return;
    case "instantiate": {
      const { syntax, outer } = frame.at("component", definition.component);
      const args = namedEntities(frame, definition.args);
      frame.push({
        kind: "instance",
        exports: planComponent(frame.plan, syntax, outer, args, frame.depth + 1),
      });
      return;
    }
    case "inline-instance":
      frame.push({ kind: "instance", exports: namedEntities(frame, definition.exports) });
      return;
    case "alias-export": {
      const { exports } = frame.at("instance", definition.instance);
      frame.push(known(exports.get(definition.name)));
      return;
    }
    case "alias-core-export": {
      const instance = known(frame.coreInstances[definition.instance]);
      frame.core(definition.sort).push(coreExport(instance, definition.name));
      return;
    }
    case "alias-outer":
      planAliasOuter(frame, definition);
      return;
    case "type": {
      const { type } = definition;
      if (type.kind !== "resource") {
        frame.pushType();
        return;
      }
      const dtor = type.dtor === undefined ? undefined : frame.coreAt("core-func", type.dtor);
      const number = frame.plan.addResource({ kind: "guest", instance: frame.instance, dtor });
      frame.push({ kind: "type", resource: { kind: "resource", definition: number } });
      return;
    }
    case "canon":
      planCanon(context, frame, definition.canon);
      return;
    // Core types were needed for validation; of the others none is left in a component that is planned.
    default:
  }
}

function planAliasOuter(frame: Frame, alias: Extract<Definition, { kind: "alias-outer" }>): void {
  const { count, index, sort } = alias;
  if (sort === "type") frame.pushType();
  if (sort !== "component" && sort !== "core-module") return;
  let outer = frame;
  for (let i = 0; i < count; i++) outer = known(outer.outer);
  frame.push(outer.at(sort, index));
}

function entityAt(frame: Frame, { sort, index }: Pick<NamedSortIndex, "sort" | "index">): Entity {
  return known(frame.entities[sort]?.[index]);
}

function namedEntities(frame: Frame, items: readonly NamedSortIndex[]): Exports {
  frame.plan.context.spend(4 * items.length);
  const named = new Map<string, Entity>();
  for (const item of items) named.set(item.name, entityAt(frame, item));
  return named;
}

function coreItems(frame: Frame, items: readonly NamedSortIndex[]): CoreInstance {
  const named = new Map<string, CoreRef>();
  for (const item of items) named.set(item.name, frame.coreAt(item.sort, item.index));
  return named;
}

/** Plans an instance of a core module; answers with its number. */
function instantiateCore(
  context: Context,
  frame: Frame,
  definition: Extract<Definition, { kind: "core-instantiate" }>,
): CoreInstance {
  const { index } = frame.at("core-module", definition.module);
  const module = known(context.modules[index]);
  const given = new Map<string, CoreInstance | undefined>();
  for (const arg of definition.args) given.set(arg.name, frame.coreInstances[arg.instance]);
  // The platform makes a function object for each export.
  context.spend(definition.args.length + module.imports.length + 8 * module.exports.size);
  const args: CoreArgument[] = [];
  for (const { module: from, name } of module.imports) {
    const value = coreExport(known(given.get(from)), name);
    args.push({ module: from, name, value });
  }
  return frame.plan.addCoreInstance({ module: index, args }, module);
}

function coreExport(instance: CoreInstance, name: string): CoreRef {
  if (typeof instance === "number") return { kind: "export", instance, name };
  return known(instance.get(name));
}

/** Plans a canonical definition: a function that is lifted or lowered, or a built-in for resources. */
function planCanon(context: Context, frame: Frame, canon: Canon): void {
  const { plan, instance } = frame;
  const coreFuncs = frame.core("core-func");
  switch (canon.kind) {
    case "lift": {
      const type = frame.func(known(frame.scope.spaces.func[frame.entities.func.length]));
      context.spendConversions(type);
      const options = abiOptions(frame, canon.options);
      const core = frame.coreAt("core-func", canon.func);
      const index = plan.lifts.push({ core, type, options, instance }) - 1;
      frame.push({ kind: "func", source: { kind: "lift", index } });
      return;
    }
    case "lower": {
      const type = frame.func(known(frame.scope.spaces.func[canon.func]));
      context.spendConversions(type);
      const { source } = frame.at("func", canon.func);
      const options = abiOptions(frame, canon.options);
      coreFuncs.push(plan.addTrampoline({ kind: "lower", source, type, options, instance }));
      return;
    }
    case "unsupported":
      return;
    default: {
      const resource = known(frame.at("type", canon.resource).resource).definition;
      coreFuncs.push(plan.addTrampoline({ kind: canon.kind, resource, instance }));
    }
  }
}

function abiOptions(frame: Frame, options: CanonOptions): AbiOptions {
  const func = (index: number | undefined): CoreRef | undefined =>
    index === undefined ? undefined : frame.coreAt("core-func", index);
  return {
    encoding: options.encoding,
    memory: options.memory === undefined ? undefined : frame.coreAt("core-memory", options.memory),
    realloc: func(options.realloc),
    postReturn: func(options.postReturn),
  };
}

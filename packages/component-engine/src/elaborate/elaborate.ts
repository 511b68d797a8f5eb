import type {
  CanonOptions,
  ComponentSyntax,
  Definition,
  ExternDesc,
  NamedSortIndex,
  Sort,
  SortIndex,
} from "../binary/syntax.js";
import { quoteName } from "../binary/names.js";
import { Reader } from "../binary/reader.js";
import {
  sameCoreFuncType,
  showCoreFuncType,
  type CoreFuncType,
  type CoreModule,
} from "../core/module-types.js";
import { readCoreModule } from "../core/read-module.js";
import { EngineError } from "../errors.js";
import { limitError, type EngineLimits } from "../limits.js";
import type {
  AbiOptions,
  ComponentExtern,
  ComponentImport,
  CoreArgument,
  CoreInstantiation,
  CoreRef,
  ExportSource,
  Lift,
  Plan,
  Refusal,
  ResourceDefinition,
  Trampoline,
} from "../plan.js";
import { coreSignature, funcLayoutOf, layoutOf } from "../types/layout.js";
import { sameFuncType, sameType } from "../types/same-type.js";
import { resolveResource, type FuncType, type ResourceType } from "../types/value-types.js";
import { TypeBuilder } from "./build-type.js";
import {
  isValueType,
  type CoreEntity,
  type CoreInstanceEntity,
  type Entity,
  type FuncEntity,
  type InstanceEntity,
  type InstanceTypeEntity,
  type TypeEntity,
} from "./entities.js";
import { toExtern } from "./externs.js";
import { at, Scope } from "./scope.js";

// This file is long because elaboration is one recursion over one grammar: definitions evaluate to entities, in order.

/** A component, checked and flattened, with its core modules still to be compiled. */
export interface Elaborated {
  readonly plan: Plan;
  readonly modules: readonly CoreModule[];
  readonly refusals: readonly Refusal[];
}

const reallocType: CoreFuncType = { params: ["i32", "i32", "i32", "i32"], results: ["i32"] };

/**
 * Evaluates the definitions of a component with abstract imports: checks indices, types and signatures, and writes down the
 * core instances that have to be made. Nested components are evaluated where they are instantiated, with what they are given.
 */
export function elaborate(bytes: Uint8Array, syntax: ComponentSyntax, limits: EngineLimits): Elaborated {
  return new Elaborator(bytes, limits).run(syntax);
}

/** The arguments of a nested component; the outermost has none and imports from the host. */
type Arguments = ReadonlyMap<string, Entity> | undefined;

/** Where an abstract instance comes from: the import of the outermost component. */
interface HostImport {
  readonly name: string;
}

class Elaborator {
  readonly #bytes: Uint8Array;
  readonly #limits: EngineLimits;
  readonly #types: TypeBuilder;
  readonly #modules: CoreModule[] = [];
  readonly #moduleByStart = new Map<number, number>();
  readonly #coreInstances: CoreInstantiation[] = [];
  readonly #trampolines: Trampoline[] = [];
  readonly #lifts: Lift[] = [];
  readonly #resources: ResourceDefinition[] = [];
  readonly #refusals: Refusal[] = [];
  readonly #imports: ComponentImport[] = [];
  readonly #parseBudget: { items: number };
  #instances = 0;
  #memories = 0;
  #tables = 0;
  #work: number;

  constructor(bytes: Uint8Array, limits: EngineLimits) {
    this.#bytes = bytes;
    this.#limits = limits;
    this.#work = limits.maxDefinitions * 20;
    this.#parseBudget = { items: limits.maxDefinitions };
    this.#types = new TypeBuilder(limits, (feature, offset) => this.#refuse(feature, offset));
  }

  run(syntax: ComponentSyntax): Elaborated {
    const exports = this.#component(syntax, undefined, undefined, 0);
    const externs: ComponentExtern[] = [];
    const sources: ExportSource[] = [];
    for (const [name, entity] of exports) {
      const extern = toExtern(name, entity, (feature) =>
        this.#refuse(`${feature} (export ${quoteName(name)})`, syntax.offset),
      );
      if (extern === undefined) continue;
      externs.push(extern.extern);
      sources.push(extern.source);
    }
    return {
      plan: {
        instances: this.#instances,
        coreInstances: this.#coreInstances,
        trampolines: this.#trampolines,
        lifts: this.#lifts,
        resources: this.#resources,
        imports: this.#imports,
        exports: externs,
        exportSources: sources,
      },
      modules: this.#modules,
      refusals: this.#refusals,
    };
  }

  #refuse(feature: string, offset: number): void {
    if (this.#refusals.length < 100) this.#refusals.push({ feature, offset });
  }

  #spend(amount: number, offset: number): void {
    this.#work -= amount;
    if (this.#work < 0) {
      throw limitError("maxDefinitions", this.#limits, "the component has too much to evaluate", offset);
    }
  }

  /** Evaluates a component body; answers with its exports. */
  #component(
    syntax: ComponentSyntax,
    outer: Scope["outer"],
    args: Arguments,
    depth: number,
  ): ReadonlyMap<string, Entity> {
    if (depth > this.#limits.maxDepth) {
      throw limitError("maxDepth", this.#limits, "components are nested too deep", syntax.offset);
    }
    const scope = new Scope(outer, this.#instances, depth);
    this.#instances += 1;
    const exports = new Map<string, Entity>();
    const imported = new Set<string>();
    for (const definition of syntax.definitions) {
      this.#spend(10, definition.offset);
      if (definition.kind === "import") {
        requireNew(imported, definition.name, "imports", definition.offset);
        this.#import(definition.name, definition.desc, scope, args, definition.offset);
      } else if (definition.kind === "export") {
        requireNewKey(exports, definition.name, definition.offset);
        const entity = this.#export(definition, scope);
        if (entity !== undefined) exports.set(definition.name, entity);
      } else {
        this.#definition(definition, scope);
      }
    }
    return exports;
  }

  #definition(definition: Exclude<Definition, { kind: "import" | "export" }>, scope: Scope): void {
    const { offset } = definition;
    switch (definition.kind) {
      case "core-module":
        scope.coreModules.push(this.#coreModule(definition.start, definition.end));
        return;
      case "core-instantiate":
        scope.coreInstances.push(this.#coreInstantiate(definition, scope));
        return;
      case "core-inline-instance": {
        const exports = new Map<string, CoreEntity>();
        for (const item of definition.exports) {
          requireNewKey(exports, item.name, offset);
          exports.set(item.name, this.#coreEntity(item, scope, offset));
        }
        scope.coreInstances.push(exports);
        return;
      }
      case "component":
        scope.components.push({ kind: "component", syntax: definition.component, outer: scope.snapshot() });
        return;
      case "instantiate": {
        const component = at(scope.components, definition.component, "component", offset);
        const args = this.#named(definition.args, scope, offset);
        const exports = this.#component(component.syntax, component.outer, args, scope.depth + 1);
        scope.instances.push({ kind: "instance", exports });
        return;
      }
      case "inline-instance":
        scope.instances.push({ kind: "instance", exports: this.#named(definition.exports, scope, offset) });
        return;
      case "alias-export": {
        const instance = at(scope.instances, definition.instance, "instance", offset);
        const entity = instance.exports.get(definition.name);
        if (entity === undefined) {
          throw invalid(
            `instance ${definition.instance} has no export ${quoteName(definition.name)}`,
            offset,
          );
        }
        requireSort(entity, definition.sort, definition.name, offset);
        pushEntity(scope, entity);
        return;
      }
      case "alias-core-export": {
        const instance = at(scope.coreInstances, definition.instance, "core instance", offset);
        const entity = instance.get(definition.name);
        if (entity === undefined) {
          throw invalid(
            `core instance ${definition.instance} has no export ${quoteName(definition.name)}`,
            offset,
          );
        }
        if (`core-${entity.kind}` !== definition.sort) {
          throw invalid(`core export ${quoteName(definition.name)} is a ${entity.kind}`, offset);
        }
        coreSpace(scope, entity.kind).push(entity);
        return;
      }
      case "alias-outer":
        this.#aliasOuter(definition, scope);
        return;
      case "type":
        scope.types.push(this.#type(definition.type, scope));
        return;
      case "canon":
        this.#canon(definition.canon, scope, offset);
        return;
      case "core-type":
        return;
      case "start":
        this.#refuse("a start section", offset);
        return;
      case "value":
        this.#refuse("values", offset);
        return;
      case "export-decl":
        throw invalid("an export declaration outside a type", offset);
    }
  }

  #coreModule(start: number, end: number): Scope["coreModules"][number] {
    let index = this.#moduleByStart.get(start);
    if (index === undefined) {
      index = this.#modules.length;
      if (index >= this.#limits.maxCoreModules) {
        throw limitError("maxCoreModules", this.#limits, "too many core modules", start);
      }
      const reader = new Reader(this.#bytes, this.#limits, 0, this.#bytes.length, this.#parseBudget);
      this.#modules.push(readCoreModule(reader, start, end));
      this.#moduleByStart.set(start, index);
    }
    const module = this.#modules[index];
    if (module === undefined) throw invalid("core module vanished", start);
    return { kind: "core-module", index, module };
  }

  #coreInstantiate(
    definition: Extract<Definition, { kind: "core-instantiate" }>,
    scope: Scope,
  ): CoreInstanceEntity {
    const { offset } = definition;
    const { index: moduleIndex, module } = at(scope.coreModules, definition.module, "core module", offset);
    const given = new Map<string, CoreInstanceEntity>();
    for (const arg of definition.args) {
      requireNewKey(given, arg.name, offset);
      given.set(arg.name, at(scope.coreInstances, arg.instance, "core instance", offset));
    }
    this.#spend(module.imports.length + module.exports.size, offset);
    const args = module.imports.map((item): CoreArgument => {
      const what = `${quoteName(item.module)} ${quoteName(item.name)}`;
      const entity = given.get(item.module)?.get(item.name);
      if (entity === undefined)
        throw invalid(`core module ${definition.module} imports ${what}, which is not given`, offset);
      if (entity.kind !== item.kind) {
        throw invalid(`core import ${what} is a ${item.kind}, given is a ${entity.kind}`, offset);
      }
      if (entity.type !== undefined && item.type !== undefined && !sameCoreFuncType(entity.type, item.type)) {
        const expected = showCoreFuncType(item.type);
        throw invalid(
          `core import ${what} is ${expected}, given is ${showCoreFuncType(entity.type)}`,
          offset,
        );
      }
      return { module: item.module, name: item.name, value: entity.ref };
    });
    const instance = this.#coreInstances.length;
    if (instance >= this.#limits.maxCoreInstances) {
      throw limitError("maxCoreInstances", this.#limits, "too many core instances", offset);
    }
    this.#coreInstances.push({ module: moduleIndex, args });
    this.#memories += module.memories;
    if (this.#memories > this.#limits.maxMemories) {
      throw limitError("maxMemories", this.#limits, `${this.#memories} memories`, offset);
    }
    this.#tables += module.tables;
    if (this.#tables > this.#limits.maxTables) {
      throw limitError("maxTables", this.#limits, `${this.#tables} tables`, offset);
    }
    const exports = new Map<string, CoreEntity>();
    for (const [name, { kind, type }] of module.exports) {
      exports.set(name, { kind, type, ref: { kind: "export", instance, name } });
    }
    return exports;
  }

  #coreEntity(item: SortIndex, scope: Scope, offset: number): CoreEntity {
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

  #named(items: readonly NamedSortIndex[], scope: Scope, offset: number): Map<string, Entity> {
    const named = new Map<string, Entity>();
    for (const item of items) {
      requireNewKey(named, item.name, offset);
      named.set(item.name, this.#entity(item, scope, offset));
    }
    return named;
  }

  #entity(item: SortIndex, scope: Scope, offset: number): Entity {
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

  #aliasOuter(definition: Extract<Definition, { kind: "alias-outer" }>, scope: Scope): void {
    const { offset, sort, index } = definition;
    if (sort === "core-type") return;
    let outer = scope.snapshot();
    for (let i = 0; i < definition.count; i++) {
      const next = outer.scope.outer;
      if (next === undefined) throw invalid(`an alias reaches ${definition.count} components out`, offset);
      outer = next;
    }
    switch (sort) {
      case "type":
        scope.types.push(at(outer.scope.types, index, "outer type", offset, outer.types));
        return;
      case "component":
        scope.components.push(at(outer.scope.components, index, "outer component", offset, outer.components));
        return;
      case "core-module":
        scope.coreModules.push(
          at(outer.scope.coreModules, index, "outer core module", offset, outer.modules),
        );
        return;
      default:
        throw invalid(`a ${sort} cannot be aliased from an outer component`, offset);
    }
  }

  #type(syntax: Extract<Definition, { kind: "type" }>["type"], scope: Scope): TypeEntity {
    switch (syntax.kind) {
      case "func":
        this.#spend(syntax.params.length, syntax.offset);
        return this.#types.func(syntax, scope);
      case "resource": {
        if (syntax.async) this.#refuse("async destructors", syntax.offset);
        const dtor =
          syntax.dtor === undefined
            ? undefined
            : at(scope.coreFuncs, syntax.dtor, "core function", syntax.offset);
        if (dtor?.type !== undefined && !sameCoreFuncType(dtor.type, { params: ["i32"], results: [] })) {
          throw invalid("the destructor of a resource must be (i32) -> ()", syntax.offset);
        }
        const resource: ResourceType = { kind: "resource", definition: this.#resources.length };
        this.#resources.push({ instance: scope.instance, dtor: dtor?.ref });
        return resource;
      }
      case "instance-type":
        return { kind: "instance-type", decls: syntax.decls, outer: scope.snapshot() };
      case "component-type":
        return { kind: "component-type" };
      default:
        return this.#types.define(syntax, scope);
    }
  }

  #canon(canon: Extract<Definition, { kind: "canon" }>["canon"], scope: Scope, offset: number): void {
    switch (canon.kind) {
      case "lift": {
        const core = at(scope.coreFuncs, canon.func, "core function", offset);
        const type = at(scope.types, canon.type, "type", offset);
        if (type.kind !== "func") throw invalid(`type ${canon.type} is no function type`, offset);
        const expected = coreSignature(type, "lift");
        requireSignature(core, expected, "canon lift", offset);
        const options = this.#options(canon.options, scope, offset);
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
        const source = { kind: "lift", index: this.#lifts.length } as const;
        this.#lifts.push({ core: core.ref, type, options, instance: scope.instance });
        scope.funcs.push({ kind: "func", type, source });
        return;
      }
      case "lower": {
        const func = at(scope.funcs, canon.func, "function", offset);
        const options = this.#options(canon.options, scope, offset);
        if (options.postReturn !== undefined) throw invalid("post-return with canon lower", offset);
        const layout = funcLayoutOf(func.type);
        requireOptions(options, {
          memory:
            layout.params.pointers || layout.spilledParams || layout.spilledResult || hasPointers(func.type),
          realloc: hasPointers(func.type),
          offset,
        });
        this.#trampoline(
          { kind: "lower", source: func.source, type: func.type, options, instance: scope.instance },
          coreSignature(func.type, "lower"),
          scope,
        );
        return;
      }
      case "resource.new":
      case "resource.drop":
      case "resource.rep": {
        const resource = resolveResource(this.#types.resource(canon.resource, scope, offset)).definition;
        if (resource === undefined) {
          this.#refuse("resource types of the host", offset);
        }
        if (canon.kind !== "resource.drop" && resource !== undefined) {
          if (this.#resources[resource]?.instance !== scope.instance) {
            throw invalid(`${canon.kind} of a resource that another component defines`, offset);
          }
        }
        const results: CoreFuncType["results"] = canon.kind === "resource.drop" ? [] : ["i32"];
        this.#trampoline(
          { kind: canon.kind, resource: resource ?? -1, instance: scope.instance },
          { params: ["i32"], results },
          scope,
        );
        return;
      }
      case "unsupported":
        this.#refuse(canon.feature, offset);
        scope.coreFuncs.push({ kind: "func", type: undefined, ref: { kind: "trampoline", index: -1 } });
    }
  }

  #trampoline(trampoline: Trampoline, type: CoreFuncType, scope: Scope): void {
    const ref: CoreRef = { kind: "trampoline", index: this.#trampolines.length };
    this.#trampolines.push(trampoline);
    scope.coreFuncs.push({ kind: "func", type, ref });
  }

  #options(options: CanonOptions, scope: Scope, offset: number): AbiOptions {
    if (options.unsupported !== undefined) this.#refuse(options.unsupported, offset);
    const func = (index: number | undefined): CoreEntity | undefined =>
      index === undefined ? undefined : at(scope.coreFuncs, index, "core function", offset);
    const realloc = func(options.realloc);
    if (realloc !== undefined) requireSignature(realloc, reallocType, "realloc", offset);
    const memory =
      options.memory === undefined
        ? undefined
        : at(scope.coreMemories, options.memory, "core memory", offset);
    return {
      encoding: options.encoding,
      memory: memory?.ref,
      realloc: realloc?.ref,
      postReturn: func(options.postReturn)?.ref,
    };
  }

  #import(name: string, desc: ExternDesc, scope: Scope, args: Arguments, offset: number): void {
    if (args !== undefined) {
      const given = args.get(name);
      if (given === undefined)
        throw invalid(`a nested component needs ${quoteName(name)}, which is not given`, offset);
      pushEntity(scope, this.#bind(desc, given, scope, name, offset));
      return;
    }
    const entity = this.#abstract(desc, scope, { name }, name, undefined, offset);
    if (entity === undefined) return;
    pushEntity(scope, entity);
    const extern = toExtern(name, entity, (feature) =>
      this.#refuse(`${feature} (import ${quoteName(name)})`, offset),
    );
    if (extern !== undefined) this.#imports.push(extern.extern);
  }

  /** What an import of the outermost component stands for before anything is given. */
  #abstract(
    desc: ExternDesc,
    scope: Scope,
    host: HostImport,
    name: string,
    func: string | undefined,
    offset: number,
  ): Entity | undefined {
    switch (desc.kind) {
      case "func": {
        const type = this.#funcType(desc.index, scope, offset);
        return { kind: "func", type, source: { kind: "import", import: host.name, func } };
      }
      case "type-eq":
        return { kind: "type", type: rename(at(scope.types, desc.index, "type", offset), name) };
      case "type-resource":
        return { kind: "type", type: { kind: "resource", name, definition: undefined } };
      case "instance": {
        const type = this.#instanceType(desc.index, scope, offset);
        if (func !== undefined)
          this.#refuse(`an instance inside the imported instance ${quoteName(host.name)}`, offset);
        return this.#instance(type, undefined, host, offset);
      }
      case "core-module":
        this.#refuse(`an imported core module (${quoteName(name)})`, offset);
        return undefined;
      case "component":
        this.#refuse(`an imported component (${quoteName(name)})`, offset);
        return undefined;
      case "value":
        this.#refuse("values", offset);
        return undefined;
    }
  }

  /** Checks that what is given fits what is asked for; answers with what is seen from inside. */
  #bind(desc: ExternDesc, given: Entity, scope: Scope, name: string, offset: number): Entity {
    const mismatch = (what: string): EngineError => invalid(`${quoteName(name)} must be ${what}`, offset);
    switch (desc.kind) {
      case "func": {
        if (given.kind !== "func") throw mismatch("a function");
        const type = this.#funcType(desc.index, scope, offset);
        this.#requireSameFunc(type, given.type, name, offset);
        return { kind: "func", type, source: given.source };
      }
      case "type-eq": {
        const type = at(scope.types, desc.index, "type", offset);
        if (given.kind !== "type" || !this.#sameTypeEntity(type, given.type, offset))
          throw mismatch("the same type");
        return given;
      }
      case "type-resource":
        if (given.kind !== "type" || given.type.kind !== "resource") throw mismatch("a resource type");
        return given;
      case "instance":
        if (given.kind !== "instance") throw mismatch("an instance");
        return this.#instance(this.#instanceType(desc.index, scope, offset), given, { name }, offset);
      case "component":
        if (given.kind !== "component") throw mismatch("a component");
        return given;
      case "core-module":
        if (given.kind !== "core-module") throw mismatch("a core module");
        return given;
      case "value":
        throw mismatch("a value, which is unsupported");
    }
  }

  /** Evaluates an instance type: bound to what is given, or to the host's import. */
  #instance(
    type: InstanceTypeEntity,
    given: InstanceEntity | undefined,
    host: HostImport,
    offset: number,
  ): InstanceEntity {
    const depth = type.outer.scope.depth + 1;
    if (depth > this.#limits.maxDepth)
      throw limitError("maxDepth", this.#limits, "types are nested too deep", offset);
    const scope = new Scope(type.outer, type.outer.scope.instance, depth);
    const exports = new Map<string, Entity>();
    for (const decl of type.decls) {
      this.#spend(10, decl.offset);
      if (decl.kind !== "export-decl") {
        if (decl.kind === "import" || decl.kind === "export")
          throw invalid("an import in an instance type", decl.offset);
        this.#definition(decl, scope);
        continue;
      }
      requireNewKey(exports, decl.name, decl.offset);
      let entity: Entity | undefined;
      if (given === undefined) {
        entity = this.#abstract(decl.desc, scope, host, decl.name, decl.name, decl.offset);
      } else {
        const actual = given.exports.get(decl.name);
        if (actual === undefined) {
          throw invalid(`the instance ${quoteName(host.name)} lacks ${quoteName(decl.name)}`, offset);
        }
        entity = this.#bind(decl.desc, actual, scope, decl.name, decl.offset);
      }
      if (entity === undefined) continue;
      pushEntity(scope, entity);
      exports.set(decl.name, entity);
    }
    return { kind: "instance", exports };
  }

  #export(definition: Extract<Definition, { kind: "export" }>, scope: Scope): Entity | undefined {
    const { name, target, ascribed, offset } = definition;
    let entity = this.#entity(target, scope, offset);
    if (entity.kind === "type") entity = { kind: "type", type: rename(entity.type, name) };
    if (ascribed !== undefined) entity = this.#bind(ascribed, entity, scope, name, offset);
    pushEntity(scope, entity);
    return entity;
  }

  #funcType(index: number, scope: Scope, offset: number): FuncType {
    const type = at(scope.types, index, "type", offset);
    if (type.kind !== "func") throw invalid(`type ${index} is no function type`, offset);
    return type;
  }

  #instanceType(index: number, scope: Scope, offset: number): InstanceTypeEntity {
    const type = at(scope.types, index, "type", offset);
    if (type.kind !== "instance-type") throw invalid(`type ${index} is no instance type`, offset);
    return type;
  }

  #requireSameFunc(expected: FuncType, given: FuncType, name: string, offset: number): void {
    if (expected === given) return;
    const parts = [...expected.params.map((param) => param.type), expected.result];
    this.#spend(
      parts.reduce((sum, type) => sum + (type?.weight ?? 0), 1),
      offset,
    );
    if (!sameFuncType(expected, given))
      throw invalid(`the function ${quoteName(name)} has another type than asked for`, offset);
  }

  #sameTypeEntity(a: TypeEntity, b: TypeEntity, offset: number): boolean {
    if (a === b) return true;
    if (a.kind === "resource" && b.kind === "resource") return resolveResource(a) === resolveResource(b);
    if (a.kind === "func" && b.kind === "func") return sameFuncType(a, b);
    if (!isValueType(a) || !isValueType(b)) return a.kind === b.kind;
    this.#spend(a.weight, offset);
    return sameType(a, b);
  }
}

function invalid(message: string, offset: number): EngineError {
  return new EngineError("invalid", message, { offset });
}

function requireNew(seen: Set<string>, name: string, what: string, offset: number): void {
  const key = name.toLowerCase();
  if (seen.has(key)) throw invalid(`two ${what} are named ${quoteName(name)}`, offset);
  seen.add(key);
}

function requireNewKey(map: ReadonlyMap<string, unknown>, name: string, offset: number): void {
  if (map.has(name)) throw invalid(`the name ${quoteName(name)} is used twice`, offset);
}

function requireSort(entity: Entity, sort: Sort, name: string, offset: number): void {
  if (entity.kind !== sort)
    throw invalid(`the export ${quoteName(name)} is a ${entity.kind}, not a ${sort}`, offset);
}

function requireSignature(core: CoreEntity, expected: CoreFuncType, what: string, offset: number): void {
  if (core.type === undefined || sameCoreFuncType(core.type, expected)) return;
  throw invalid(
    `${what}: the core function is ${showCoreFuncType(core.type)}, needed is ${showCoreFuncType(expected)}`,
    offset,
  );
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

/** The same type under the name that an import or export gives it. */
function rename(type: TypeEntity, name: string): TypeEntity {
  if (type.kind === "resource") return { ...type, name, of: type };
  if (isValueType(type)) return { ...type, name, of: type };
  return type;
}

function coreSpace(scope: Scope, kind: CoreEntity["kind"]): CoreEntity[] {
  switch (kind) {
    case "func":
      return scope.coreFuncs;
    case "table":
      return scope.coreTables;
    case "memory":
      return scope.coreMemories;
    case "global":
      return scope.coreGlobals;
    case "tag":
      return scope.coreTags;
  }
}

function pushEntity(scope: Scope, entity: Entity): void {
  switch (entity.kind) {
    case "func":
      scope.funcs.push(entity);
      return;
    case "instance":
      scope.instances.push(entity);
      return;
    case "component":
      scope.components.push(entity);
      return;
    case "core-module":
      scope.coreModules.push(entity);
      return;
    case "type":
      scope.types.push(entity.type);
  }
}

export type { FuncEntity };

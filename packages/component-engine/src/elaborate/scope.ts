import { assertNever } from "@novywave/base";
import type {
  ComponentEntity,
  CoreEntity,
  CoreInstanceEntity,
  CoreModuleEntity,
  Entity,
  FuncEntity,
  InstanceEntity,
  Outer,
  TypeEntity,
} from "./entities.js";

/** The index spaces of one component, or of one instance type. */
export class Scope {
  readonly outer: Outer | undefined;
  /** Number of the component instance in the plan. */
  readonly instance: number;
  readonly depth: number;
  readonly coreFuncs: CoreEntity[] = [];
  readonly coreTables: CoreEntity[] = [];
  readonly coreMemories: CoreEntity[] = [];
  readonly coreGlobals: CoreEntity[] = [];
  readonly coreTags: CoreEntity[] = [];
  readonly coreModules: CoreModuleEntity[] = [];
  readonly coreInstances: CoreInstanceEntity[] = [];
  readonly funcs: FuncEntity[] = [];
  readonly types: TypeEntity[] = [];
  readonly components: ComponentEntity[] = [];
  readonly instances: InstanceEntity[] = [];

  constructor(outer: Outer | undefined, instance: number, depth: number) {
    this.outer = outer;
    this.instance = instance;
    this.depth = depth;
  }

  /** This scope as it is now, for what is defined inside it. */
  snapshot(): Outer {
    return {
      scope: this,
      types: this.types.length,
      components: this.components.length,
      modules: this.coreModules.length,
    };
  }
}

/** The index space of a kind of core definition. */
export function coreSpace(scope: Scope, kind: CoreEntity["kind"]): CoreEntity[] {
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
    default:
      return assertNever(kind);
  }
}

/** Appends an entity to the index space of its sort. */
export function pushEntity(scope: Scope, entity: Entity): void {
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

import { assert, defined } from "@novywave/base";
import type { ComponentSyntax, Sort } from "../binary/syntax.js";
import type { CoreRef, FuncSource } from "../plan.js";
import { partsOf } from "../types/parts.js";
import { resolveResource, type FuncType, type ResourceType } from "../types/value-types.js";
import type { ValidationScope } from "../validate/scope.js";
import { Substitution } from "../validate/substitute.js";
import type { PlanBuilder } from "./plan-builder.js";

/** What a definition of a component is once the component is instantiated. Its type is known from validation. */
export type Entity =
  | { readonly kind: "func"; readonly source: FuncSource }
  | { readonly kind: "instance"; readonly exports: Exports }
  | { readonly kind: "component"; readonly syntax: ComponentSyntax; readonly outer: Frame }
  | { readonly kind: "core-module"; readonly index: number }
  | { readonly kind: "type"; readonly resource: ResourceType | undefined };

export type Exports = ReadonlyMap<string, Entity>;

/** An instance of a core module, by its number, or one that is made of what is there. */
export type CoreInstance = number | ReadonlyMap<string, CoreRef>;

/** One instance of a component: what its index spaces hold, beside what validation knows of them. */
export class Frame {
  readonly plan: PlanBuilder;
  readonly scope: ValidationScope;
  readonly outer: Frame | undefined;
  /** What is imported; the outermost component has none, and imports from the host. */
  readonly args: Exports | undefined;
  readonly exports = new Map<string, Entity>();
  /** Number of the component instance in the plan. */
  readonly instance: number;
  readonly depth: number;
  readonly entities: Readonly<Record<Entity["kind"], Entity[]> & Partial<Record<Sort, Entity[]>>> = {
    func: [],
    instance: [],
    component: [],
    "core-module": [],
    type: [],
  };
  readonly coreInstances: CoreInstance[] = [];
  readonly #core = new Map<Sort, CoreRef[]>();
  /** Resources of this instance for those of its definitions. The outermost component has one instance, whose they are. */
  readonly #resources = new Map<ResourceType, ResourceType>();
  readonly #substitution: Substitution;

  constructor(
    plan: PlanBuilder,
    scope: ValidationScope,
    outer: Frame | undefined,
    args: Exports | undefined,
    depth: number,
  ) {
    this.plan = plan;
    this.scope = scope;
    this.outer = outer;
    this.args = args;
    this.instance = plan.instances++;
    this.depth = depth;
    this.#substitution = new Substitution(plan.context, this.#resources);
  }

  core(sort: Sort): CoreRef[] {
    let space = this.#core.get(sort);
    if (space === undefined) this.#core.set(sort, (space = []));
    return space;
  }

  coreAt(sort: Sort, index: number): CoreRef {
    return known(this.core(sort)[index]);
  }

  at<K extends Entity["kind"]>(kind: K, index: number): Extract<Entity, { readonly kind: K }> {
    return ofKind(this.entities[kind][index], kind);
  }

  /** Appends to the index space of its kind, and notes which resources come with it. */
  push(entity: Entity): void {
    const space = this.entities[entity.kind];
    if (entity.kind === "type") {
      const type = this.scope.spaces.type[space.length];
      if (type?.kind === "resource" && entity.resource !== undefined) {
        this.#learn(resolveResource(type), entity.resource);
      }
    } else if (entity.kind === "instance") {
      const paths = known(this.scope.spaces.instance[space.length]).paths;
      this.plan.context.spend(paths.size);
      for (const [resource, path] of paths) {
        const found = follow(entity.exports, path);
        if (found !== undefined) this.#learn(resource, found);
      }
    }
    space.push(entity);
  }

  /** Appends a type as it was validated. */
  pushType(): void {
    const type = this.scope.spaces.type[this.entities.type.length];
    const resource = type?.kind === "resource" ? this.resource(type) : undefined;
    this.entities.type.push({ kind: "type", resource });
  }

  #learn(resource: ResourceType, actual: ResourceType): void {
    if (this.outer === undefined) resource.definition = actual.definition;
    else this.#resources.set(resource, actual);
  }

  /** The resource of this instance behind one of its definitions. */
  resource(type: ResourceType): ResourceType {
    const resource = resolveResource(type);
    return this.#resources.get(resource) ?? resource;
  }

  func(type: FuncType): FuncType {
    if (this.outer === undefined) return type;
    for (const part of partsOf(type)) {
      if (part !== undefined && part.handles > 0) return this.#substitution.type(type);
    }
    return type;
  }
}

/** What validation has found to be there. */
export function known<T>(value: T | undefined): T {
  return defined(value, "what was validated");
}

export function ofKind<K extends Entity["kind"]>(
  entity: Entity | undefined,
  kind: K,
): Extract<Entity, { readonly kind: K }> {
  assert(isKind(entity, kind), `a ${kind} is missing`);
  return entity;
}

function isKind<K extends Entity["kind"]>(
  entity: Entity | undefined,
  kind: K,
): entity is Extract<Entity, { readonly kind: K }> {
  return entity?.kind === kind;
}

function follow(exports: Exports, path: readonly string[]): ResourceType | undefined {
  let at: Exports | undefined = exports;
  let found: Entity | undefined;
  for (const name of path) {
    found = at?.get(name);
    at = found?.kind === "instance" ? found.exports : undefined;
  }
  return found?.kind === "type" ? found.resource : undefined;
}

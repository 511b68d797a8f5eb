import type { CoreModule } from "../core/module-types.js";
import { requireWithin } from "../limits.js";
import type { CoreInstantiation, CoreRef, Lift, ResourceDefinition, Trampoline } from "../plan.js";
import type { ComponentSyntax } from "../binary/syntax.js";
import type { Context } from "../validate/context.js";
import type { ValidationScope } from "../validate/scope.js";

/** What planning one component collects. */
export class PlanBuilder {
  readonly context: Context;
  /** What validation found out of each component. */
  readonly scopes: ReadonlyMap<ComponentSyntax, ValidationScope>;
  /** Component instances made so far. */
  instances = 0;
  readonly coreInstances: CoreInstantiation[] = [];
  readonly trampolines: Trampoline[] = [];
  readonly lifts: Lift[] = [];
  readonly resources: ResourceDefinition[] = [];
  #memories = 0;
  #tables = 0;

  constructor({ context, components }: ValidationScope) {
    this.context = context;
    this.scopes = components;
  }

  /** A new resource type, different from all others; answers with its number. Each takes a few objects of every instance. */
  addResource(definition: ResourceDefinition): number {
    this.context.spend(40);
    return this.resources.push(definition) - 1;
  }

  addTrampoline(trampoline: Trampoline): CoreRef {
    return { kind: "trampoline", index: this.trampolines.push(trampoline) - 1 };
  }

  /** Plans a core instance; answers with its number. */
  addCoreInstance(instantiation: CoreInstantiation, module: CoreModule): number {
    const { limits } = this.context;
    const number = this.coreInstances.push(instantiation) - 1;
    this.#memories += module.defined.memory;
    this.#tables += module.defined.table;
    requireWithin(limits, "maxCoreInstances", number + 1, "too many core instances");
    requireWithin(limits, "maxMemories", this.#memories, `${this.#memories} memories`);
    requireWithin(limits, "maxTables", this.#tables, `${this.#tables} tables`);
    return number;
  }
}

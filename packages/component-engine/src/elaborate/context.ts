import { Reader } from "../binary/reader.js";
import type { CoreModule } from "../core/module-types.js";
import { readCoreModule } from "../core/read-module.js";
import { limitError, type EngineLimits } from "../limits.js";
import type {
  ComponentImport,
  CoreInstantiation,
  Lift,
  Refusal,
  ResourceDefinition,
  Trampoline,
} from "../plan.js";
import { weightOf, type FuncType, type ResourceType, type ValueType } from "../types/value-types.js";
import { TypeBuilder } from "./build-type.js";
import { isValueType, type AnyTypeEntity, type CoreModuleEntity } from "./entities.js";

/** What elaborating one component file collects, and what it may still cost. */
export class Context {
  readonly limits: EngineLimits;
  readonly types: TypeBuilder;
  readonly modules: CoreModule[] = [];
  readonly coreInstances: CoreInstantiation[] = [];
  readonly trampolines: Trampoline[] = [];
  readonly lifts: Lift[] = [];
  readonly resources: ResourceDefinition[] = [];
  readonly imports: ComponentImport[] = [];
  readonly refusals: Refusal[] = [];
  /** Component instances made so far. */
  instances = 0;
  #memories = 0;
  #tables = 0;
  /** Evaluations left; a nested component costs each time that it is instantiated. */
  #work: number;
  #nesting = 0;
  readonly #names = new WeakMap<AnyTypeEntity, number>();
  readonly #bytes: Uint8Array;
  readonly #readBudget: { items: number };
  readonly #moduleByStart = new Map<number, CoreModuleEntity>();

  constructor(bytes: Uint8Array, limits: EngineLimits) {
    this.#bytes = bytes;
    this.limits = limits;
    this.#work = limits.maxDefinitions * 20;
    this.#readBudget = { items: limits.maxDefinitions };
    this.types = new TypeBuilder(limits, (feature, offset) => this.refuse(feature, offset));
  }

  /** Notes a feature that `compile` refuses. A hostile file can have millions; the first hundred are kept. */
  refuse(feature: string, offset: number): void {
    if (this.refusals.length >= 100) return;
    // What is validated is evaluated as well, and more than once.
    if (this.refusals.some((known) => known.offset === offset && known.feature === feature)) return;
    this.refusals.push({ feature, offset });
  }

  spend(amount: number, offset: number): void {
    this.#work -= amount;
    if (this.#work < 0) {
      throw limitError("maxDefinitions", this.limits, "the component has too much to evaluate", offset);
    }
  }

  /** Pays for the conversions of a function that is lifted or lowered: each value of its type takes a few closures. */
  spendConversions(type: FuncType, offset: number): void {
    this.spend(8 * weightOf(type), offset);
  }

  /** Runs what evaluates types inside types. They can be defined beside each other, so only this sees how deep they go. */
  nested<T>(offset: number, evaluate: () => T): T {
    if (this.#nesting >= this.limits.maxDepth) {
      throw limitError("maxDepth", this.limits, "types are nested too deep", offset);
    }
    this.#nesting += 1;
    const value = evaluate();
    this.#nesting -= 1;
    return value;
  }

  /** The same type under the name that an import or export gives it. Names of names are followed often: their number is bounded. */
  rename<T extends AnyTypeEntity>(type: T, name: string, offset: number): T | ValueType | ResourceType {
    if (type.kind !== "resource" && !isValueType(type)) return type;
    const names = (this.#names.get(type) ?? 0) + 1;
    if (names > this.limits.maxDepth) {
      throw limitError("maxDepth", this.limits, `a type with ${names} names, one for the other`, offset);
    }
    const renamed = type.kind === "resource" ? { ...type, name, of: type } : { ...type, name, of: type };
    this.#names.set(renamed, names);
    return renamed;
  }

  /** A new resource type, different from all others. Each takes a few objects of every instance. */
  addResource(definition: ResourceDefinition, offset: number, name?: string): ResourceType {
    this.spend(40, offset);
    const number = this.resources.length;
    this.resources.push(definition);
    return { kind: "resource", definition: number, ...(name === undefined ? {} : { name }) };
  }

  /** The core module in a section, read once however often the component around it is instantiated. */
  coreModule(start: number, end: number): CoreModuleEntity {
    const known = this.#moduleByStart.get(start);
    if (known !== undefined) return known;
    const index = this.modules.length;
    if (index >= this.limits.maxCoreModules) {
      throw limitError("maxCoreModules", this.limits, "too many core modules", start);
    }
    const reader = new Reader(this.#bytes, this.limits, 0, this.#bytes.length, this.#readBudget);
    const module = readCoreModule(reader, start, end);
    this.modules.push(module);
    const entity: CoreModuleEntity = { kind: "core-module", index, module };
    this.#moduleByStart.set(start, entity);
    return entity;
  }

  /** Plans a core instance; answers with its number. */
  addCoreInstance(instantiation: CoreInstantiation, module: CoreModule, offset: number): number {
    const number = this.coreInstances.length;
    if (number >= this.limits.maxCoreInstances) {
      throw limitError("maxCoreInstances", this.limits, "too many core instances", offset);
    }
    this.coreInstances.push(instantiation);
    this.#memories += module.memories;
    if (this.#memories > this.limits.maxMemories) {
      throw limitError("maxMemories", this.limits, `${this.#memories} memories`, offset);
    }
    this.#tables += module.tables;
    if (this.#tables > this.limits.maxTables) {
      throw limitError("maxTables", this.limits, `${this.#tables} tables`, offset);
    }
    return number;
  }
}

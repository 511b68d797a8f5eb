import { Reader } from "../binary/reader.js";
import { readCoreModule } from "../core/read-module.js";
import { EngineError } from "../errors.js";
import { limitError, requireWithin, type EngineLimits } from "../limits.js";
import {
  valueTypeOf,
  weightOf,
  type FuncType,
  type ResourceType,
  type ValueType,
} from "../types/value-types.js";
import { FreeResources } from "./free-resources.js";
import { isValueType, type AnyType } from "./types.js";
import type { CoreModule } from "../core/module-types.js";
import type { Refusal } from "../plan.js";
import type { ComponentSyntax } from "../binary/syntax.js";

/** A core module, and its place among the modules of the whole component. */
export interface NumberedModule {
  readonly index: number;
  readonly module: CoreModule;
}

/** What reading one component file finds out, and what it may still cost. */
export class Context {
  readonly limits: EngineLimits;
  readonly free: FreeResources;
  readonly modules: CoreModule[] = [];
  readonly refusals: Refusal[] = [];
  /** Where the definition begins that is looked at. What is thrown without an offset is about it. */
  offset = 0;
  /** Evaluations left; a nested component costs each time that it is instantiated. */
  #work: number;
  readonly #names = new Map<AnyType, number>();
  readonly #bytes: Uint8Array;
  readonly #readBudget: { items: number };
  readonly #moduleByStart = new Map<number, NumberedModule>();

  constructor(bytes: Uint8Array, limits: EngineLimits) {
    this.#bytes = bytes;
    this.limits = limits;
    this.#work = limits.maxDefinitions * 20;
    this.#readBudget = { items: limits.maxDefinitions };
    this.free = new FreeResources(this);
  }

  /** Notes a feature that `compile` refuses. A hostile file can have millions; the first hundred are kept. */
  refuse(feature: string): void {
    if (this.refusals.length >= 100) return;
    // What is aliased can be met more than once.
    if (this.refusals.some((known) => known.offset === this.offset && known.feature === feature)) return;
    this.refusals.push({ feature, offset: this.offset });
  }

  /** Looks at definitions one after the other; each costs something. `state` is what `look` works on. */
  each<T extends { readonly offset: number }, S>(
    items: readonly T[],
    state: S,
    look: (state: S, item: T) => void,
  ): void {
    const { offset } = this;
    for (const item of items) {
      this.offset = item.offset;
      this.spend(10);
      look(state, item);
    }
    this.offset = offset;
  }

  spend(amount: number): void {
    this.#work -= amount;
    if (this.#work < 0) {
      throw limitError("maxDefinitions", this.limits, "too much to evaluate");
    }
  }

  /** Pays for the conversions of a function that is lifted or lowered: each value of its type takes a few closures. */
  spendConversions(type: FuncType): void {
    this.spend(8 * weightOf(type));
  }

  /** The same type under the name that an import or export gives it. Names of names are followed often: their number is bounded. */
  rename<T extends AnyType>(type: T, name: string): T | ValueType | ResourceType {
    if (type.kind !== "resource" && !isValueType(type)) return type;
    const names = (this.#names.get(type) ?? 0) + 1;
    requireWithin(this.limits, "maxDepth", names, "too many names of one type");
    const renamed: ResourceType | ValueType =
      type.kind === "resource"
        ? { kind: "resource", definition: type.definition, name, of: type }
        : valueTypeOf(type, type, name, type);
    this.#names.set(renamed, names);
    return renamed;
  }

  /** Reads the core modules ahead of validation, up to one that is at fault, which validation meets in its turn. */
  readModules(syntax: ComponentSyntax): readonly CoreModule[] {
    try {
      this.#readModulesOf(syntax);
    } catch (thrown) {
      if (!(thrown instanceof EngineError)) throw thrown;
    }
    return this.modules;
  }

  #readModulesOf(syntax: ComponentSyntax): void {
    for (const definition of syntax.definitions) {
      if (definition.kind === "core-module") this.coreModule(definition.start, definition.end);
      else if (definition.kind === "component") this.#readModulesOf(definition.component);
    }
  }

  /** The core module in a section, read once however often the component around it is instantiated. */
  coreModule(start: number, end: number): NumberedModule {
    const known = this.#moduleByStart.get(start);
    if (known !== undefined) return known;
    const index = this.modules.length;
    requireWithin(this.limits, "maxCoreModules", index + 1, "too many core modules");
    // Paid for when it has been read: a module that is at fault fails in the same way whenever it is read.
    const budget = { ...this.#readBudget };
    const reader = new Reader(this.#bytes, this.limits, 0, this.#bytes.length, budget);
    const module = readCoreModule(reader, start, end);
    this.#readBudget.items = budget.items;
    this.modules.push(module);
    const entity: NumberedModule = { index, module };
    this.#moduleByStart.set(start, entity);
    return entity;
  }
}

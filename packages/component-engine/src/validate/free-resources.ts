import { partsOf } from "../types/parts.js";
import { resolveResource, type ResourceType, type ValueType } from "../types/value-types.js";
import type { AnyType, Signature } from "./types.js";

type Resources = ReadonlySet<ResourceType>;

/** What pays for looking. */
interface Budget {
  spend(amount: number): void;
}

const none: Resources = new Set();

/** Which resources a type refers to and does not bring along itself. Computed once per type. */
export class FreeResources {
  readonly #known = new Map<AnyType, Resources>();
  readonly #budget: Budget;

  constructor(budget: Budget) {
    this.#budget = budget;
  }

  ofSignature(signature: Signature): Resources {
    return signature.kind === "core-module" ? none : this.of(signature.type);
  }

  of(type: AnyType): Resources {
    const known = this.#known.get(type);
    if (known !== undefined) return known;
    const found = this.#compute(type);
    this.#known.set(type, found);
    return found;
  }

  #compute(type: AnyType): Resources {
    switch (type.kind) {
      case "resource":
        return new Set([resolveResource(type)]);
      case "instance-type":
        return without(this.#all(type.exports.values()), type.fresh);
      case "component-type":
        return without(
          without(this.#all([...type.imports.values(), ...type.exports.values()]), type.imported),
          type.fresh,
        );
      case "own":
      case "borrow":
        return new Set([resolveResource(type.resource)]);
      default:
        return this.#union(partsOf(type));
    }
  }

  #union(types: readonly (ValueType | undefined)[]): Resources {
    let first: Resources = none;
    let union: Set<ResourceType> | undefined;
    for (const type of types) {
      if (type === undefined) continue;
      const resources = this.of(type);
      if (resources.size === 0 || resources === first) continue;
      // Most types refer to no resource, or to those of one of their parts: nothing is copied.
      if (first === none) first = resources;
      else this.#add((union ??= new Set(first)), resources);
    }
    return union ?? first;
  }

  #add(union: Set<ResourceType>, resources: Resources): void {
    this.#budget.spend(resources.size);
    for (const resource of resources) union.add(resource);
  }

  #all(signatures: Iterable<Signature>): Set<ResourceType> {
    const union = new Set<ResourceType>();
    for (const signature of signatures) {
      this.#add(union, this.ofSignature(signature));
    }
    return union;
  }
}

function without(set: Set<ResourceType>, bound: { has(resource: ResourceType): boolean }): Set<ResourceType> {
  for (const resource of set) if (bound.has(resource)) set.delete(resource);
  return set;
}

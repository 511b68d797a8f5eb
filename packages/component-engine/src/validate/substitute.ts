import type { Context } from "./context.js";
import { mapNamed, mapOptional, mapParts, partsOf } from "../types/parts.js";
import type { ResourceType, ValueType } from "../types/value-types.js";
import type { AnyType, ComponentSignature, InstanceSignature, Path, Signature } from "./types.js";

/**
 * Puts other resources into types: those of the arguments in the place of those that a component imports, new ones in the place
 * of those that each instance makes anew. Types that do not change stay the same objects; each is looked at once.
 */
export class Substitution {
  readonly resources: Map<ResourceType, ResourceType>;
  readonly #done: Map<AnyType, AnyType>;
  readonly #context: Context;

  /** `renamed` are types that stand for others from the start; the substitution adds those that it meets. */
  constructor(
    context: Context,
    resources: Map<ResourceType, ResourceType>,
    renamed = new Map<AnyType, AnyType>(),
  ) {
    this.#context = context;
    this.resources = resources;
    this.#done = renamed;
  }

  /** Nothing has been put in the place of anything, and nothing can be met that was. */
  get #idle(): boolean {
    return this.resources.size === 0 && this.#done.size === 0;
  }

  signature(signature: Signature): Signature {
    if (this.#idle || signature.kind === "core-module") return signature;
    const type = this.type(signature.type);
    return type === signature.type ? signature : ({ kind: signature.kind, type } as Signature);
  }

  signatures(signatures: ReadonlyMap<string, Signature>): ReadonlyMap<string, Signature> {
    if (this.#idle) return signatures;
    let changed = false;
    const out = new Map<string, Signature>();
    for (const [name, signature] of signatures) {
      const other = this.signature(signature);
      changed ||= other !== signature;
      out.set(name, other);
    }
    return changed ? out : signatures;
  }

  paths(paths: ReadonlyMap<ResourceType, Path>): ReadonlyMap<ResourceType, Path> {
    if (paths.size === 0 || this.resources.size === 0) return paths;
    return new Map([...paths].map(([resource, path]) => [this.resources.get(resource) ?? resource, path]));
  }

  /** A type stands for one of its own kind. */
  type<T extends AnyType>(type: T): T {
    const done = this.#done.get(type);
    if (done !== undefined) return done as T;
    const other = this.#other(type) as T;
    this.#context.spend(1);
    this.#done.set(type, other);
    return other;
  }

  #other(type: AnyType): AnyType {
    switch (type.kind) {
      case "func":
        if (!this.#changes(partsOf(type))) return type;
        return {
          ...type,
          params: mapNamed(type.params, (part) => this.#part(part)),
          result: mapOptional(type.result, (part) => this.#part(part)),
        };
      case "instance-type":
        return this.#instance(type);
      case "component-type":
        return this.#component(type);
      case "resource":
        if (type.of === undefined) return this.resources.get(type) ?? type;
        return this.#named(type, type);
      default:
        return this.#named(type, this.#value(type));
    }
  }

  /** `other` as the name that `type` is. */
  #named<T extends ResourceType | ValueType>(type: T, other: T): T {
    if (type.of === undefined) return other;
    const of = this.type(type.of);
    return of === type.of ? other : { ...other, of };
  }

  #value(type: ValueType): ValueType {
    switch (type.kind) {
      case "own":
      case "borrow": {
        const resource = this.type(type.resource);
        return resource === type.resource ? type : { ...type, resource };
      }
      case "record":
      case "variant":
      case "tuple":
      case "list":
      case "option":
      case "result":
        if (!this.#changes(partsOf(type))) return type;
        return { ...type, ...mapParts(type, (part) => this.#part(part)) };
      default:
        return type;
    }
  }

  #part(type: ValueType): ValueType {
    // Without a name and without parts, as most are: nothing in it can stand for something else.
    if (type.depth === 1 && type.of === undefined && !("resource" in type)) return type;
    return this.type(type);
  }

  #changes(parts: readonly (ValueType | undefined)[]): boolean {
    this.#context.spend(parts.length);
    return parts.some((part) => part !== undefined && this.#part(part) !== part);
  }

  #instance(type: InstanceSignature): InstanceSignature {
    const exports = this.signatures(type.exports);
    const touched = [...type.fresh, ...type.paths.keys()].some((resource) => this.resources.has(resource));
    if (exports === type.exports && !touched) return type;
    const fresh = new Set([...type.fresh].map((resource) => this.resources.get(resource) ?? resource));
    return { ...type, exports, fresh, paths: this.paths(type.paths) };
  }

  #component(type: ComponentSignature): ComponentSignature {
    const imports = this.signatures(type.imports);
    const exports = this.signatures(type.exports);
    if (imports === type.imports && exports === type.exports) return type;
    return {
      ...type,
      imports,
      exports,
      imported: this.paths(type.imported),
      fresh: this.paths(type.fresh),
      paths: this.paths(type.paths),
    };
  }
}

import type { Context } from "./context.js";
import { mapNamed, mapOptional, mapParts, partsOf, type PartMap } from "../types/parts.js";
import { valueTypeOf, type ResourceType, type ValueType } from "../types/value-types.js";
import type { AnyType, ComponentSignature, InstanceSignature, Path, Signature } from "./types.js";

/**
 * Puts other resources into types: those of the arguments in the place of those that a component imports, new ones in the place
 * of those that each instance makes anew. Types that do not change stay the same objects; each is looked at once.
 */
export class Substitution implements PartMap<ValueType, ValueType> {
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
    const out = new Map<ResourceType, Path>();
    for (const [resource, path] of paths) out.set(this.resources.get(resource) ?? resource, path);
    return out;
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
          params: mapNamed(type.params, this),
          result: mapOptional(type.result, this),
        };
      case "instance-type":
        return this.#instance(type);
      case "component-type":
        return this.#component(type);
      case "resource":
        return this.#resource(type);
      default:
        return this.#value(type);
    }
  }

  #resource(type: ResourceType): ResourceType {
    if (type.of === undefined) return this.resources.get(type) ?? type;
    const { kind, definition, name } = type;
    const of = this.type(type.of);
    return of === type.of ? type : { kind, definition, name, of };
  }

  #value(type: ValueType): ValueType {
    const shape = this.#shape(type);
    const of = type.of && this.type(type.of);
    return shape === type && of === type.of ? type : valueTypeOf(shape, type, type.name, of);
  }

  #shape(type: ValueType): Parameters<typeof valueTypeOf>[0] {
    switch (type.kind) {
      case "own":
      case "borrow": {
        const resource = this.type(type.resource);
        return resource === type.resource ? type : { kind: type.kind, resource };
      }
      case "record":
      case "variant":
      case "tuple":
      case "list":
      case "option":
      case "result":
        if (!this.#changes(partsOf(type))) return type;
        return mapParts(type, this);
      default:
        return type;
    }
  }

  part(type: ValueType): ValueType {
    // Without a name and without parts, as most are: nothing in it can stand for something else.
    if (type.depth === 1 && type.of === undefined && !("resource" in type)) return type;
    return this.type(type);
  }

  #changes(parts: readonly (ValueType | undefined)[]): boolean {
    this.#context.spend(parts.length);
    for (const part of parts) if (part !== undefined && this.part(part) !== part) return true;
    return false;
  }

  #instance(type: InstanceSignature): InstanceSignature {
    const exports = this.signatures(type.exports);
    if (exports === type.exports && !this.#touches(type.fresh) && !this.#touches(type.paths.keys()))
      return type;
    const fresh = new Set<ResourceType>();
    for (const resource of type.fresh) fresh.add(this.resources.get(resource) ?? resource);
    const { kind, weight, depth } = type;
    return { kind, exports, fresh, paths: this.paths(type.paths), weight, depth };
  }

  #touches(resources: Iterable<ResourceType>): boolean {
    for (const resource of resources) if (this.resources.has(resource)) return true;
    return false;
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

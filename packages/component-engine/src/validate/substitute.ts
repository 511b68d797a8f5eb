import { assertNever } from "@novywave/base";
import type { Context } from "./context.js";
import { isValueType } from "./types.js";
import type { FuncType, ResourceType, ValueType } from "../types/value-types.js";
import type { AnyType, ComponentSignature, InstanceSignature, Path, Signature } from "./types.js";

/**
 * Puts other resources into types: those of the arguments in the place of those that a component imports, new ones in the place
 * of those that each instance makes anew. Types that do not change stay the same objects; each is looked at once.
 */
export class Substitution {
  readonly resources: Map<ResourceType, ResourceType>;
  readonly #done: Map<AnyType, AnyType>;
  readonly #context: Context;
  readonly #offset: number;

  /** `renamed` are types that stand for others from the start; the substitution adds those that it meets. */
  constructor(
    context: Context,
    offset: number,
    resources: Map<ResourceType, ResourceType>,
    renamed = new Map<AnyType, AnyType>(),
  ) {
    this.#context = context;
    this.#offset = offset;
    this.resources = resources;
    this.#done = renamed;
  }

  /** Nothing has been put in the place of anything, and nothing can be met that was. */
  get #idle(): boolean {
    return this.resources.size === 0 && this.#done.size === 0;
  }

  signature(signature: Signature): Signature {
    if (this.#idle) return signature;
    switch (signature.kind) {
      case "core-module":
        return signature;
      case "func": {
        const type = this.func(signature.type);
        return type === signature.type ? signature : { kind: "func", type };
      }
      case "instance": {
        const type = this.instance(signature.type);
        return type === signature.type ? signature : { kind: "instance", type };
      }
      case "component": {
        const type = this.#component(signature.type);
        return type === signature.type ? signature : { kind: "component", type };
      }
      case "type": {
        const type = this.type(signature.type);
        return type === signature.type ? signature : { kind: "type", type };
      }
      default:
        return assertNever(signature);
    }
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

  type(type: AnyType): AnyType {
    switch (type.kind) {
      case "resource":
        return this.#resource(type);
      case "func":
        return this.func(type);
      case "instance-type":
        return this.instance(type);
      case "component-type":
        return this.#component(type);
      default:
        return this.#value(type);
    }
  }

  func(type: FuncType): FuncType {
    const done = this.#done.get(type);
    if (done?.kind === "func") return done;
    const params = this.#list(type.params, (param) => {
      const other = this.#value(param.type);
      return other === param.type ? param : { ...param, type: other };
    });
    const result = this.#optional(type.result);
    return this.#keep(
      type,
      params === type.params && result === type.result ? type : { ...type, params, result },
    );
  }

  instance(type: InstanceSignature): InstanceSignature {
    const done = this.#done.get(type);
    if (done?.kind === "instance-type") return done;
    const exports = this.signatures(type.exports);
    const touched = [...type.fresh, ...type.paths.keys()].some((resource) => this.resources.has(resource));
    if (exports === type.exports && !touched) return this.#keep(type, type);
    const fresh = new Set([...type.fresh].map((resource) => this.resources.get(resource) ?? resource));
    return this.#keep(type, { ...type, exports, fresh, paths: this.paths(type.paths) });
  }

  #component(type: ComponentSignature): ComponentSignature {
    const done = this.#done.get(type);
    if (done?.kind === "component-type") return done;
    const imports = this.signatures(type.imports);
    const exports = this.signatures(type.exports);
    if (imports === type.imports && exports === type.exports) return this.#keep(type, type);
    return this.#keep(type, {
      ...type,
      imports,
      exports,
      imported: this.paths(type.imported),
      fresh: this.paths(type.fresh),
      paths: this.paths(type.paths),
    });
  }

  #resource(type: ResourceType): ResourceType {
    const done = this.#done.get(type);
    if (done?.kind === "resource") return done;
    if (type.of === undefined) return this.#keep(type, this.resources.get(type) ?? type);
    const of = this.#resource(type.of);
    return this.#keep(type, of === type.of ? type : { ...type, of });
  }

  #value(type: ValueType): ValueType {
    // Without a name and without parts, as most are: nothing in it can stand for something else.
    if (type.depth === 1 && type.of === undefined && !("resource" in type)) return type;
    const done = this.#done.get(type);
    if (done !== undefined && isValueType(done)) return done;
    const other = this.#parts(type);
    if (type.of === undefined) return this.#keep(type, other);
    const of = this.#value(type.of);
    return this.#keep(type, of === type.of ? other : { ...other, of });
  }

  #parts(type: ValueType): ValueType {
    switch (type.kind) {
      case "own":
      case "borrow": {
        const resource = this.#resource(type.resource);
        return resource === type.resource ? type : { ...type, resource };
      }
      case "record": {
        const fields = this.#list(type.fields, (field) => {
          const other = this.#value(field.type);
          return other === field.type ? field : { ...field, type: other };
        });
        return fields === type.fields ? type : { ...type, fields };
      }
      case "variant": {
        const cases = this.#list(type.cases, (item) => {
          const other = this.#optional(item.type);
          return other === item.type ? item : { ...item, type: other };
        });
        return cases === type.cases ? type : { ...type, cases };
      }
      case "tuple": {
        const items = this.#list(type.items, (item) => this.#value(item));
        return items === type.items ? type : { ...type, items };
      }
      case "list": {
        const element = this.#value(type.element);
        return element === type.element ? type : { ...type, element };
      }
      case "option": {
        const some = this.#value(type.some);
        return some === type.some ? type : { ...type, some };
      }
      case "result": {
        const ok = this.#optional(type.ok);
        const err = this.#optional(type.err);
        return ok === type.ok && err === type.err ? type : { ...type, ok, err };
      }
      default:
        return type;
    }
  }

  #optional(type: ValueType | undefined): ValueType | undefined {
    return type === undefined ? undefined : this.#value(type);
  }

  #list<T>(items: readonly T[], map: (item: T) => T): readonly T[] {
    let changed = false;
    const out = items.map((item) => {
      const other = map(item);
      changed ||= other !== item;
      return other;
    });
    this.#context.spend(items.length, this.#offset);
    return changed ? out : items;
  }

  #keep<T extends AnyType>(type: T, other: T): T {
    this.#context.spend(1, this.#offset);
    this.#done.set(type, other);
    return other;
  }
}

import { EngineError } from "../errors.js";
import {
  camelCase,
  findCompatibleName,
  functionKey,
  memberKey,
  parseFunctionName,
  pascalCase,
} from "../names.js";
import type { ComponentImport, InterfaceFunction } from "../plan.js";
import { failure, isA, messageOf } from "./failure.js";
import { HostClass, type HostCallable } from "./host-class.js";
import { property } from "./host-property.js";

/** The host's functions and classes, found and checked. */
export class HostImports {
  readonly #functions = new Map<string, HostCallable>();
  readonly #classes = new Map<string, HostClass>();

  /**
   * Looks up every function that the component imports. Interfaces are found by name, or by a version that is compatible;
   * functions by camelCase name, or by their WIT name; resource types as classes, by PascalCase name.
   * Throws `missing-import` or `bad-import`.
   */
  constructor(wanted: readonly ComponentImport[], given: Record<string, unknown>) {
    try {
      this.#resolve(wanted, given);
    } catch (thrown) {
      if (isA(thrown, EngineError)) throw thrown;
      throw failure("bad-import", `reading the imports threw: ${messageOf(thrown)}`, thrown);
    }
  }

  /** `func` is absent for a function that is imported by itself. */
  function(name: string, func: string | undefined): HostCallable {
    const label = labelOf(name, func);
    const callable = this.#functions.get(label);
    if (callable === undefined) throw missing(label);
    return callable;
  }

  /** The class given for a resource type, if one was. A type without members needs none. */
  class(name: string, type: string | undefined): HostClass | undefined {
    return this.#classes.get(labelOf(name, type));
  }

  #resolve(wanted: readonly ComponentImport[], given: Record<string, unknown>): void {
    const world: InterfaceFunction[] = [];
    for (const item of wanted) {
      if (item.kind === "func") world.push(item);
      if (item.kind === "type" && item.type.kind === "resource") this.#findClass(given, item.name, item.name);
      if (item.kind !== "instance") continue;
      const { name, type } = item;
      const key = findCompatibleName(Object.keys(given), name);
      const object = key === undefined ? undefined : given[key];
      if (object === undefined) {
        if (type.functions.length === 0) continue;
        throw missing(name);
      }
      if ((typeof object !== "object" && typeof object !== "function") || object === null) {
        throw new EngineError("bad-import", `the import ${name} must be an object of functions`);
      }
      for (const { name: label, type: named } of type.types) {
        if (named.kind === "resource") this.#findClass(object, label, labelOf(name, label));
      }
      for (const func of type.functions) this.#findFunction(object, func.name, name);
    }
    for (const func of world) this.#findFunction(given, func.name, undefined);
  }

  #findClass(holder: object, name: string, label: string): void {
    const value = property(holder, pascalCase(name));
    if (value !== undefined) this.#classes.set(label, new HostClass(value, label));
  }

  #findFunction(holder: object, name: string, owner: string | undefined): void {
    const label = owner === undefined ? name : labelOf(owner, name);
    const parsed = parseFunctionName(name);
    if (parsed.kind === "function") {
      this.#functions.set(
        label,
        plainFunction(holder, name, label, owner === undefined ? undefined : holder),
      );
      return;
    }
    const type = owner === undefined ? parsed.resource : labelOf(owner, parsed.resource);
    const found = this.#classes.get(type);
    if (found === undefined) {
      throw new EngineError(
        "missing-import",
        `the component imports the resource ${type}: a class ${pascalCase(parsed.resource)} is not given`,
      );
    }
    this.#functions.set(
      label,
      parsed.kind === "constructor"
        ? found.construct()
        : parsed.kind === "method"
          ? found.method(memberKey("method", parsed.name))
          : found.static(memberKey("static", parsed.name)),
    );
  }
}

function labelOf(name: string, member: string | undefined): string {
  return member === undefined ? name : `${name}#${member}`;
}

function missing(label: string): EngineError {
  return new EngineError("missing-import", `the component imports ${label}, which is not given`);
}

function plainFunction(
  holder: object,
  name: string,
  label: string,
  receiver: object | undefined,
): HostCallable {
  for (const key of [functionKey(name), camelCase(name), name]) {
    const value = property(holder, key);
    if (value === undefined) continue;
    if (typeof value !== "function") {
      throw new EngineError("bad-import", `the import ${label} must be a function`);
    }
    return (receiver === undefined ? value : value.bind(receiver)) as HostCallable;
  }
  throw missing(label);
}

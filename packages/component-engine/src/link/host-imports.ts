import { EngineError } from "../errors.js";
import { camelCase, findCompatibleName, functionKey, parseMemberName, pascalCase } from "../names.js";
import { HostClass, type HostCallable } from "./host-class.js";
import { interfacesOf, type ComponentImport } from "../plan.js";
import { failure, isA, isObject, messageOf } from "./failure.js";
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
    for (const { name: owner, functions, types } of interfacesOf(wanted)) {
      const holder = owner === undefined ? given : holderOf(given, owner);
      if (holder === undefined) {
        if (functions.length === 0) continue;
        throw missing(`${owner}`);
      }
      for (const { name, type } of types) {
        if (type.kind === "resource") this.#findClass(holder, name, memberLabel(owner, name));
      }
      for (const { name } of functions) this.#findFunction(holder, name, owner);
    }
  }

  #findClass(holder: object, name: string, label: string): void {
    const value = property(holder, pascalCase(name));
    if (value !== undefined) this.#classes.set(label, new HostClass(value, label));
  }

  #findFunction(holder: object, name: string, owner: string | undefined): void {
    const label = memberLabel(owner, name);
    const member = parseMemberName(name);
    this.#functions.set(
      label,
      member === undefined
        ? plainFunction(holder, name, label, owner === undefined ? undefined : holder)
        : this.#classOf(owner, member.resource).member(member),
    );
  }

  #classOf(owner: string | undefined, resource: string): HostClass {
    const type = memberLabel(owner, resource);
    const found = this.#classes.get(type);
    if (found !== undefined) return found;
    throw new EngineError(
      "missing-import",
      `the component imports the resource ${type}: a class ${pascalCase(resource)} is not given`,
    );
  }
}

/** The name of an import, or of a member of one, in messages. */
export function labelOf(name: string, member: string | undefined): string {
  return member === undefined ? name : `${name}#${member}`;
}

function memberLabel(owner: string | undefined, member: string): string {
  return owner === undefined ? member : labelOf(owner, member);
}

/** What the host gives for an interface, if anything. */
function holderOf(given: Record<string, unknown>, name: string): object | undefined {
  const key = Object.hasOwn(given, name) ? name : findCompatibleName(Object.keys(given), name);
  const holder = key === undefined ? undefined : given[key];
  if (holder === undefined || isObject(holder)) return holder;
  throw new EngineError("bad-import", `the import ${name} must be an object of functions`);
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

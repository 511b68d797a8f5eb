import { functionKey, parseMemberName, pascalCase } from "../names.js";
import { interfacesOf, type ComponentExport, type FuncSource, type InterfaceType } from "../plan.js";
import { resolveResource, type FuncType, type ResourceType } from "../types/value-types.js";
import { HostClass, type HostCallable } from "./host-class.js";
import type { HostSide } from "./host-side.js";
import { ResourceClass } from "./resource-class.js";

/** Makes a function as the host calls it; `label` is its name in errors. */
export type MakeCallable = (source: FuncSource, type: FuncType, label: string) => HostCallable;

/** The object of exports: functions of the world by camelCase name, interfaces by full name, resource types as classes. */
export function makeExports(
  exports: readonly ComponentExport[],
  sources: readonly (readonly FuncSource[])[],
  callable: MakeCallable,
  host: HostSide,
): Record<string, unknown> {
  const members: Record<string, unknown> = Object.create(null);
  const holders: Holder[] = [];
  for (const [i, item] of interfacesOf(exports).entries()) {
    const { name } = item;
    const holder = new Holder(callable, host, name === undefined ? members : Object.create(null));
    holder.add(item, sources[i] ?? [], name === undefined ? "" : `${name}#`);
    holders.push(holder);
    if (name !== undefined) members[name] = Object.freeze(holder.members);
  }
  for (const holder of holders) holder.seal();
  return Object.freeze(members);
}

/** The world, or one interface, while its members are collected. */
class Holder {
  readonly members: Record<string, unknown>;
  readonly #callable: MakeCallable;
  readonly #host: HostSide;
  readonly #types = new Map<string, HostClass | ResourceClass>();

  constructor(callable: MakeCallable, host: HostSide, members: Record<string, unknown>) {
    this.#callable = callable;
    this.#host = host;
    this.members = members;
  }

  /** `owner` comes before the names of functions in errors. */
  add(type: InterfaceType, sources: readonly FuncSource[], owner: string): void {
    for (const item of type.types) if (item.type.kind === "resource") this.#addType(item.name, item.type);
    for (const [i, { name, type: func }] of type.functions.entries()) {
      const source = sources[i];
      if (source !== undefined) this.#addFunction(name, this.#callable(source, func, owner + name));
    }
  }

  /** Nothing is added any more. */
  seal(): void {
    for (const made of this.#types.values()) if (made instanceof ResourceClass) made.seal();
  }

  #addType(name: string, type: ResourceType): void {
    const found = this.#host.classOf(resolveResource(type).definition);
    if (found === undefined) return;
    this.#types.set(name, found);
    if (found instanceof ResourceClass) found.named(name);
    this.members[pascalCase(name)] = found.value;
  }

  #addFunction(name: string, func: HostCallable): void {
    const member = parseMemberName(name);
    const found = member && this.#types.get(member.resource);
    if (member !== undefined && found instanceof ResourceClass) found.add(member, func);
    // A member of a class of the host: the class has its own, this one is reached by its WIT name.
    else this.members[member === undefined ? functionKey(name) : name] = func;
  }
}

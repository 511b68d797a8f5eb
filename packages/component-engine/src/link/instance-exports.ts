import { functionKey, memberKey, parseFunctionName, pascalCase, type FunctionName } from "../names.js";
import type { ComponentExport, FuncSource, InterfaceType } from "../plan.js";
import { resolveResource, type FuncType, type ResourceType } from "../types/value-types.js";
import { HostClass, type HostCallable } from "./host-class.js";
import { ResourceClass } from "./resource-class.js";

/** What the exports of an instance are made of. */
export interface ExportParts {
  /** A function as the host calls it; `label` is its name in errors. */
  readonly callable: (source: FuncSource, type: FuncType, label: string) => HostCallable;
  readonly classOf: (resource: number) => HostClass | ResourceClass | undefined;
}

/** The object of exports: functions of the world by camelCase name, interfaces by full name, resource types as classes. */
export function makeExports(
  exports: readonly ComponentExport[],
  sources: readonly (readonly FuncSource[])[],
  parts: ExportParts,
): Record<string, unknown> {
  const root = new Holder(parts);
  const classes: ResourceClass[] = [];
  const world: [name: string, type: FuncType, source: FuncSource][] = [];
  for (const [i, item] of exports.entries()) {
    const from = sources[i] ?? [];
    const [source] = from;
    if (item.kind === "func" && source !== undefined) world.push([item.name, item.type, source]);
    if (item.kind === "type" && item.type.kind === "resource") root.addType(item.name, item.type);
    if (item.kind === "instance") {
      const holder = interfaceOf(item.name, item.type, from, parts);
      classes.push(...holder.classes);
      root.members[item.name] = Object.freeze(holder.members);
    }
  }
  for (const [name, type, source] of world) root.addFunction(name, parts.callable(source, type, name));
  for (const made of [...classes, ...root.classes]) made.seal();
  return Object.freeze(root.members);
}

function interfaceOf(
  name: string,
  type: InterfaceType,
  sources: readonly FuncSource[],
  parts: ExportParts,
): Holder {
  const holder = new Holder(parts);
  for (const item of type.types) if (item.type.kind === "resource") holder.addType(item.name, item.type);
  for (const [i, func] of type.functions.entries()) {
    const source = sources[i];
    if (source === undefined) continue;
    holder.addFunction(func.name, parts.callable(source, func.type, `${name}#${func.name}`));
  }
  return holder;
}

/** The world, or one interface, while its members are collected. */
class Holder {
  readonly members: Record<string, unknown> = Object.create(null);
  readonly #parts: ExportParts;
  readonly #types = new Map<string, HostClass | ResourceClass>();

  constructor(parts: ExportParts) {
    this.#parts = parts;
  }

  get classes(): ResourceClass[] {
    return [...this.#types.values()].filter((item) => item instanceof ResourceClass);
  }

  addType(name: string, type: ResourceType): void {
    const found = this.#parts.classOf(resolveResource(type).definition);
    if (found === undefined) return;
    this.#types.set(name, found);
    if (found instanceof ResourceClass) {
      found.named(name);
      this.members[pascalCase(name)] = found.constructorOf;
    } else {
      this.members[pascalCase(name)] = found.value;
    }
  }

  addFunction(name: string, func: HostCallable): void {
    const parsed = parseFunctionName(name);
    const found = parsed.kind === "function" ? undefined : this.#types.get(parsed.resource);
    if (parsed.kind !== "function" && found instanceof ResourceClass) addMember(found, parsed, func);
    // A member of a class of the host: the class has its own, this one is reached by its WIT name.
    else this.members[parsed.kind === "function" ? functionKey(name) : name] = func;
  }
}

function addMember(
  to: ResourceClass,
  name: Exclude<FunctionName, { kind: "function" }>,
  func: HostCallable,
): void {
  if (name.kind === "constructor") to.construct(func);
  else to.add(name.kind, memberKey(name.kind, name.name), func);
}

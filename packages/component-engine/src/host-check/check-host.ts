import { assertNever } from "@novywave/base";
import type { ComponentInfo } from "../compile.js";
import { findCompatibleName } from "../names.js";
import type { ComponentExtern, InterfaceType, Refusal } from "../plan.js";
import { TypeComparison } from "./compare-types.js";
import type { Mismatch, MismatchCode } from "./mismatch.js";

/**
 * What a host offers and asks for. The easiest source is a component that has the same world, such as the one that
 * `wasm-tools component embed --dummy` and `component new` make from WIT: its {@link ComponentInfo} is a `HostWorld`.
 */
export interface HostWorld {
  /** What a component may import. Versions are compared as {@link findCompatibleName} does. */
  readonly imports: readonly ComponentExtern[];
  /** What a component has to export. It may export more. */
  readonly exports: readonly ComponentExtern[];
}

/** Mismatches after which no more are collected: they come from a file that may be hostile. */
const maxMismatches = 100;

/**
 * Says in what a component and a host do not fit; an empty list means that {@link instantiate} finds everything it needs, with
 * the types it expects. Runs and compiles nothing. Takes what `inspect` or `compile` returned.
 */
export function checkHost(
  component: Pick<ComponentInfo, "imports" | "exports"> & { readonly unsupported?: readonly Refusal[] },
  host: HostWorld,
): Mismatch[] {
  const found: Mismatch[] = [];
  for (const { feature, offset } of component.unsupported ?? []) {
    found.push({
      code: "unsupported",
      name: "",
      message: `uses ${feature} (byte ${offset}), which the engine does not support`,
    });
  }
  const comparison = new TypeComparison();
  const offered = new Map(host.imports.map((item) => [item.name, item]));
  for (const item of component.imports) {
    checkImport(item, offered, comparison, found);
    if (found.length >= maxMismatches) return found.slice(0, maxMismatches);
  }
  const exported = new Map(component.exports.map((item) => [item.name, item]));
  for (const item of host.exports) {
    checkExport(item, exported, comparison, found);
    if (found.length >= maxMismatches) return found.slice(0, maxMismatches);
  }
  return found;
}

function checkImport(
  item: ComponentExtern,
  offered: ReadonlyMap<string, ComponentExtern>,
  comparison: TypeComparison,
  found: Mismatch[],
): void {
  const add = (code: MismatchCode, name: string, what: string): void => {
    found.push({ code, name, message: `imports \`${name}\`${what}` });
  };
  const match = find(offered, item.name);
  if (match === undefined) {
    // Types alone need nothing at run time.
    if (item.kind === "type" || (item.kind === "instance" && isTypesOnly(item.type))) return;
    const other = otherVersion(offered.keys(), item.name);
    if (other === undefined) add("not-offered", item.name, ", which this host does not offer");
    else add("version", item.name, `, but this host offers version ${other}`);
    return;
  }
  if (match.kind !== item.kind) {
    add("type", item.name, ` as ${kindText(item)}, but this host offers ${kindText(match)}`);
    return;
  }
  if (item.kind === "func" && match.kind === "func") {
    const difference = comparison.funcs(match.type, item.type);
    if (difference !== undefined) add("type", item.name, `: ${difference}`);
  } else if (item.kind === "instance" && match.kind === "instance") {
    pairResources(match.type, item.type, comparison);
    const functions = new Map(match.type.functions.map((func) => [func.name, func]));
    for (const func of item.type.functions) {
      const name = `${item.name}#${func.name}`;
      const expected = functions.get(func.name);
      if (expected === undefined) {
        add("not-offered", name, ", a function that this host does not offer");
        continue;
      }
      const difference = comparison.funcs(expected.type, func.type);
      if (difference !== undefined) add("type", name, `: ${difference}`);
    }
  }
}

function checkExport(
  asked: ComponentExtern,
  exported: ReadonlyMap<string, ComponentExtern>,
  comparison: TypeComparison,
  found: Mismatch[],
): void {
  // Types of the host's world that nothing is called with are nobody's need.
  if (asked.kind === "type") return;
  const add = (code: MismatchCode, name: string, message: string): void => {
    found.push({ code, name, message });
  };
  const match = find(exported, asked.name);
  if (match === undefined) {
    const other = otherVersion(exported.keys(), asked.name);
    if (other === undefined) add("not-exported", asked.name, `does not export \`${asked.name}\``);
    else add("version", asked.name, `exports version ${other} of \`${asked.name}\``);
    return;
  }
  if (match.kind !== asked.kind) {
    add("type", asked.name, `exports \`${match.name}\` as ${kindText(match)}, not as ${kindText(asked)}`);
    return;
  }
  if (asked.kind === "func" && match.kind === "func") {
    const difference = comparison.funcs(asked.type, match.type);
    if (difference !== undefined) add("type", asked.name, `exports \`${match.name}\`: ${difference}`);
  } else if (asked.kind === "instance" && match.kind === "instance") {
    pairResources(asked.type, match.type, comparison);
    const functions = new Map(match.type.functions.map((func) => [func.name, func]));
    for (const func of asked.type.functions) {
      const name = `${match.name}#${func.name}`;
      const other = functions.get(func.name);
      if (other === undefined) {
        add("not-exported", name, `does not export \`${name}\``);
        continue;
      }
      const difference = comparison.funcs(func.type, other.type);
      if (difference !== undefined) add("type", name, `exports \`${name}\`: ${difference}`);
    }
  }
}

function find(items: ReadonlyMap<string, ComponentExtern>, name: string): ComponentExtern | undefined {
  const found = findCompatibleName(items.keys(), name);
  return found === undefined ? undefined : items.get(found);
}

/** The version under which the same interface is there, if it is. */
function otherVersion(names: Iterable<string>, wanted: string): string | undefined {
  const base = wanted.split("@", 1)[0];
  for (const name of names) {
    const [other, version] = name.split("@", 2);
    if (other === base && version !== undefined) return version;
  }
  return undefined;
}

function pairResources(expected: InterfaceType, found: InterfaceType, comparison: TypeComparison): void {
  const named = new Map(expected.types.map((item) => [item.name, item.type]));
  for (const { name, type } of found.types) {
    const other = named.get(name);
    if (type.kind === "resource" && other?.kind === "resource") comparison.pair(other, type);
  }
}

function isTypesOnly(type: InterfaceType): boolean {
  return type.functions.length === 0 && type.types.every((item) => item.type.kind !== "resource");
}

function kindText(item: ComponentExtern): string {
  switch (item.kind) {
    case "func":
      return "a function";
    case "instance":
      return "an interface";
    case "type":
      return "a type";
    default:
      return assertNever(item);
  }
}

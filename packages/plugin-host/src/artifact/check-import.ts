import type { ComponentImport, Mismatch } from "@novywave/component-engine";
import { adapterOfImport, capabilitiesOfAll, type AdapterName } from "../adapters/world.js";
import { isWasi } from "../wasi/wasi-world.js";
import { isCapability, matchContract, type Capability } from "../capability.js";

/** One import of a component, against what this host offers. */
export type CheckedImport =
  /** Linked if the capability is granted. */
  | {
      readonly kind: "offered";
      readonly name: string;
      readonly capability: Capability;
      readonly functions: readonly string[];
    }
  /** The `host` of a world of NovyWave 0.2; linked if all that its functions need is granted. */
  | {
      readonly kind: "adapted";
      readonly name: string;
      readonly adapter: AdapterName;
      readonly capabilities: readonly Capability[];
      readonly functions: readonly string[];
    }
  /** WASI, which every plugin gets as it is: nothing of the machine is behind it. */
  | { readonly kind: "wasi"; readonly name: string }
  /** Types only: nothing has to be linked. */
  | { readonly kind: "types"; readonly name: string }
  | { readonly kind: "refused"; readonly name: string; readonly reasons: readonly string[] };

/** @param mismatches what the engine found between the component and this host */
export function checkImport(item: ComponentImport, mismatches: readonly Mismatch[]): CheckedImport {
  const { name } = item;
  const own = mismatches.filter(
    ({ name: where, message }) =>
      (where === name || where.startsWith(`${name}#`)) && message.startsWith("imports "),
  );
  if (own.length > 0) return { kind: "refused", name, reasons: own.map(({ message }) => message) };
  if (isWasi(name)) return { kind: "wasi", name };
  const adapter = adapterOfImport(name);
  if (adapter !== undefined && item.kind === "instance") {
    const functions = item.type.functions.map((func) => func.name);
    const capabilities = capabilitiesOfAll(adapter, functions);
    return { kind: "adapted", name, adapter, capabilities, functions };
  }
  const found = matchContract(name);
  if (item.kind !== "instance" || item.type.functions.length === 0 || found.kind !== "match")
    return { kind: "types", name };
  if (!isCapability(found.interface) || found.interface === "file-contents") return { kind: "types", name };
  const functions = item.type.functions.map((func) => func.name);
  return { kind: "offered", name, capability: found.interface, functions };
}

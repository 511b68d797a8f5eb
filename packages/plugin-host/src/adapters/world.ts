import { inspect, type ComponentInfo, type HostWorld } from "@novywave/component-engine";
import { capabilities, parseInterfaceName, type Capability } from "../capability.js";
import { ADAPTER_WORLD_COMPONENTS } from "./generated/worlds.js";

const log = { "log-info": ["logging"], "log-error": ["logging"] } as const;

/** What each function of a world's `host` needs. `register-watched-directories` also tells what is there already. */
const needs = {
  "hello-world": log,
  "reload-watcher": {
    ...log,
    "get-opened-files": ["filesystem"],
    "register-watched-files": ["watch"],
    "clear-watched-files": ["watch"],
    "reload-waveform-files": ["relay"],
  },
  "files-discovery": {
    ...log,
    "get-opened-files": ["filesystem"],
    "register-watched-directories": ["watch", "filesystem"],
    "clear-watched-directories": ["watch"],
    "open-waveform-files": ["relay"],
    "get-config-toml": ["config"],
  },
} as const satisfies Record<
  keyof typeof ADAPTER_WORLD_COMPONENTS,
  Readonly<Record<string, readonly Capability[]>>
>;

/** A world of plugins that were published for NovyWave 0.2, by the name of its package. */
export type AdapterName = keyof typeof needs;

export const adapterNames: readonly AdapterName[] = ["hello-world", "reload-watcher", "files-discovery"];

/** Where a world's functions publish, besides needing `relay`. */
const channels = new Map([
  ["reload-waveform-files", "refresh-timeline"],
  ["open-waveform-files", "discovery"],
]);

/** The interface that a component of the world imports: `novywave:reload-watcher/host`. */
export function hostInterface(adapter: AdapterName): string {
  return `novywave:${adapter}/host`;
}

/** The functions of a world's `host`. */
export function hostFunctions(adapter: AdapterName): readonly string[] {
  return Object.keys(needs[adapter]);
}

/** The capabilities that a function needs; undefined for one that the world does not have. */
export function capabilitiesOf(
  adapter: AdapterName,
  functionName: string,
): readonly Capability[] | undefined {
  const table: Readonly<Record<string, readonly Capability[]>> = needs[adapter];
  return Object.hasOwn(table, functionName) ? table[functionName] : undefined;
}

/** The capabilities that these functions need together. */
export function capabilitiesOfAll(adapter: AdapterName, functions: readonly string[]): readonly Capability[] {
  const needed = new Set(functions.flatMap((name) => capabilitiesOf(adapter, name) ?? []));
  return capabilities.filter((capability) => needed.has(capability));
}

/** The channels on which these functions publish. */
export function channelsOf(functions: readonly string[]): readonly string[] {
  return functions.flatMap((name) => channels.get(name) ?? []);
}

/** The adapter whose `host` an import is. */
export function adapterOfImport(importName: string): AdapterName | undefined {
  const parsed = parseInterfaceName(importName);
  if (parsed?.interface !== "host" || parsed.version !== undefined) return undefined;
  return adapterNames.find((name) => parsed.package === `novywave:${name}`);
}

/**
 * The worlds that a component without exports of the contract may be of: those whose `host` it imports; where it imports
 * none, the one of whose functions it exports the most. Types are compared elsewhere.
 */
export function adaptersFor(info: Pick<ComponentInfo, "imports" | "exports">): readonly AdapterName[] {
  const imported = adapterNames.filter((name) =>
    info.imports.some((item) => adapterOfImport(item.name) === name),
  );
  if (imported.length > 0) return imported;
  const exported = new Set(info.exports.flatMap((item) => (item.kind === "func" ? [item.name] : [])));
  if (!exported.has("init") || !exported.has("shutdown")) return [];
  if (exported.has("paths-discovered")) return ["files-discovery"];
  return [exported.has("watched-files-changed") ? "reload-watcher" : "hello-world"];
}

const known = new Map<AdapterName, HostWorld>();

/** What this host offers a plugin of the world and asks of it, with types. Read once. */
export function adapterWorld(adapter: AdapterName): HostWorld {
  const read = known.get(adapter) ?? inspect(Buffer.from(ADAPTER_WORLD_COMPONENTS[adapter], "base64"));
  known.set(adapter, read);
  return read;
}

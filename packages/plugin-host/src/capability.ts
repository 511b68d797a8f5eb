import { INTERFACES } from "@novywave/contract";

/** A capability that is one imported interface of the contract. */
export type ContractCapability = "logging" | "filesystem" | "watch" | "relay" | "config" | "timer";

/**
 * What a plugin may be allowed to do. `file-contents`: to read the files in the granted folders, through
 * `wasi:filesystem`, which toolchains import whether a plugin reads or not: so it is asked for by a manifest alone.
 */
export type Capability = ContractCapability | "file-contents";

/** Those of the contract. */
export const contractCapabilities: readonly ContractCapability[] = [
  "logging",
  "filesystem",
  "watch",
  "relay",
  "config",
  "timer",
];

/** All capabilities, in the order in which they are shown. */
export const capabilities: readonly Capability[] = [...contractCapabilities, "file-contents"];

/** Narrows a text to a {@link Capability}. */
export function isCapability(name: string): name is Capability {
  return (capabilities as readonly string[]).includes(name);
}

/** An interface name taken apart: `novywave:plugins/logging@0.1.0`. */
export interface InterfaceName {
  /** `novywave:plugins` */
  readonly package: string;
  /** `logging` */
  readonly interface: string;
  /** `0.1.0`; absent where the package has no version. */
  readonly version?: string;
}

/** Takes an interface name apart; undefined for anything else, such as a function at the world's root. */
export function parseInterfaceName(name: string): InterfaceName | undefined {
  const match = /^([^/@\s]+:[^/@\s]+)\/([^/@\s]+)(?:@([^/@\s]+))?$/.exec(name);
  if (match?.[1] === undefined || match[2] === undefined) return undefined;
  return match[3] === undefined
    ? { package: match[1], interface: match[2] }
    : { package: match[1], interface: match[2], version: match[3] };
}

const contract = parseInterfaceName(INTERFACES.types);

/**
 * The interface of the contract that `name` means on this host, or why it means none. Versions follow semver: what was
 * built for another 0.1.x fits; another minor version below 1.0, or another major version, does not.
 */
export function matchContract(
  name: string,
):
  | { readonly kind: "match"; readonly interface: string }
  | { readonly kind: "other" }
  | { readonly kind: "version"; readonly wanted: string; readonly offered: string } {
  const parsed = parseInterfaceName(name);
  if (parsed === undefined || contract === undefined || parsed.package !== contract.package)
    return { kind: "other" };
  const offered = contract.version ?? "";
  const wanted = parsed.version ?? "";
  if (compatibilityTrack(wanted) !== compatibilityTrack(offered)) return { kind: "version", wanted, offered };
  return { kind: "match", interface: parsed.interface };
}

/** The part of a version that must be equal: `1` of 1.2.3, `0.1` of 0.1.7, all of a pre-release. */
function compatibilityTrack(version: string): string {
  const match = /^(\d+)\.(\d+)\.(\d+)$/.exec(version);
  if (!match) return version;
  const [, major, minor, patch] = match;
  if (major !== "0") return String(major);
  return minor === "0" ? `0.0.${String(patch)}` : `0.${String(minor)}`;
}

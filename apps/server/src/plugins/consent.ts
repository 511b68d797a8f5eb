import {
  defaultLimits,
  isCapability,
  limitKey,
  limitNames,
  type GrantInput,
  type GrantNeeds,
  type Manifest,
  type StoredGrant,
} from "@novywave/plugin-host";
import type { ConsentRequest, PendingBuild } from "@novywave/protocol";
import type { PluginEntry } from "./plugin-entry.js";
import { limitReason, type RequestedFolder } from "./requested.js";

/** What is asked for, each with its reason, beside what was approved for the build before. */
export function consentRequest(
  entry: PluginEntry,
  manifest: Manifest,
  outside: readonly RequestedFolder[],
  needs: GrantNeeds,
  before: StoredGrant | undefined,
): ConsentRequest {
  return {
    capabilities: manifest.capabilities
      .filter(({ name }) => needs.capabilities.includes(name))
      .map(({ name, reason }) => ({
        name,
        reason,
        approvedBefore: before?.capabilities.includes(name) === true,
      })),
    folders: outside
      .filter(({ path }) => needs.folders.includes(path))
      .map(({ path, reason }) => ({
        path,
        reason,
        approvedBefore: before?.folders.includes(path) === true,
      })),
    limits: limitNames.flatMap((name) => {
      const value = needs.limits[name];
      if (value === undefined) return [];
      const approvedBefore = value <= (before?.limits[name] ?? 0);
      return [
        { name, value, default: defaultLimits[name], reason: limitReason(name, entry), approvedBefore },
      ];
    }),
    ...(needs.denied && { denied: true as const }),
  };
}

/** What a person approves when he approves all that is listed. */
export function approvalOf(
  pluginId: string,
  sha256: string,
  requests: ConsentRequest,
  artifactPaths: readonly string[],
): GrantInput {
  return {
    sha256,
    pluginId,
    capabilities: requests.capabilities.map(({ name }) => name).filter(isCapability),
    folders: requests.folders.map(({ path }) => path),
    limits: Object.fromEntries(requests.limits.map(({ name, value }) => [name, value])),
    artifactPaths,
  };
}

/** Only what the build before was not approved with. */
export function newRequests({ capabilities, folders, limits }: ConsentRequest): ConsentRequest {
  return {
    capabilities: capabilities.filter(isNew),
    folders: folders.filter(isNew),
    limits: limits.filter(isNew),
  };
}

function isNew({ approvedBefore }: { readonly approvedBefore: boolean }): boolean {
  return !approvedBefore;
}

/** Why a plugin does not start: `It asks …`. `artifact`: it was never approved. */
export function consentMessage(requests: ConsentRequest, artifact: boolean): string {
  return `${requests.denied ? "You denied what it asks for: it asks" : "It asks"} ${[
    ...(artifact ? ["to run an artifact that does not ship with the program"] : []),
    ...wishes(requests),
  ].join(", and ")}`;
}

/** What is said beside the approved build while a newer one waits for consent. */
export function pendingMessage(version: string, requests: ConsentRequest): string {
  const asks = wishes(newRequests(requests));
  const newer = `${requests.denied ? "you denied " : ""}a newer one (${version})${requests.denied ? ", which" : ""}`;
  return `Keeps running the approved build; ${newer} ${
    asks.length === 0 ? "asks for nothing new, and waits for your approval" : `asks ${asks.join(", and ")}`
  }`;
}

/** What is said beside the approved build while a newer one cannot be loaded. */
export function brokenBuild(message: string): PendingBuild {
  return { message: `Keeps running the approved build; the newer one cannot run: ${message}` };
}

function wishes({ capabilities, folders, limits }: ConsentRequest): readonly string[] {
  return [
    ...(capabilities.length > 0 ? [`to use ${capabilities.map(({ name }) => name).join(", ")}`] : []),
    ...(folders.length > 0
      ? [`to see ${folders.map(({ path }) => path).join(", ")} outside the workspace`]
      : []),
    ...(limits.length > 0
      ? [
          `to exceed the limits ${limits.map(({ name }) => limitKey(name as keyof typeof defaultLimits)).join(", ")}`,
        ]
      : []),
  ];
}

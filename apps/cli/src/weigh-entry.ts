import { resolve } from "node:path";
import type { PluginEntry } from "@novywave/config";
import type { GrantInput, GrantStore, PluginFailure } from "@novywave/plugin-host";
import type { ConsentRequest } from "@novywave/protocol";
import type { ArtifactFacts } from "@novywave/server";
import { keepArtifact } from "./keep-artifact.js";
import { shippedArtifacts } from "./shipped-artifacts.js";
import type { UserFolders } from "./user-folders.js";

/** How far an entry of `.novywave` gets without being run. */
export type WeighedEntry =
  | {
      readonly kind: "failed";
      readonly failure: PluginFailure;
      /** Of the artifact in the workspace, where they are known. */
      readonly facts?: ArtifactFacts;
      readonly inForce?: BuildInForce;
    }
  | ({ readonly kind: "granted" } & WeighedArtifact)
  | ({
      readonly kind: "needs-consent";
      /** What is asked for and was not approved. */
      readonly requests: ConsentRequest;
      /** What to record when the user agrees to all of that. */
      readonly approval: GrantInput;
    } & WeighedArtifact);

interface WeighedArtifact {
  /** Of the artifact in the workspace. */
  readonly facts: ArtifactFacts;
  /** Absolute path. */
  readonly path: string;
  readonly shipped: boolean;
  /** Whether this very artifact may run at all, be it with less than it asks for. */
  readonly known: boolean;
  readonly inForce?: BuildInForce;
}

/** The build that runs on meanwhile, if one was approved at the same place before. */
export interface BuildInForce {
  readonly sha256: string;
  readonly version: string;
}

export interface WeighOptions {
  /** Keeps the bytes of what is approved, so that they outlive their file. Otherwise nothing is written. */
  readonly keep?: boolean;
}

/** Reads and inspects the artifact of an entry and compares what it asks for with what the user approved, as the server does. Runs nothing. */
export async function weighEntry(
  entry: PluginEntry,
  workspace: string,
  grants: GrantStore,
  folders: UserFolders,
  { keep = false }: WeighOptions = {},
): Promise<WeighedEntry> {
  const { approvalOf, artifactPlaces, preparePlugin } = await import("@novywave/server");
  const { ApprovedArtifacts } = await import("@novywave/plugin-host");
  const builtins = await shippedArtifacts();
  const kept = new ApprovedArtifacts(folders.cache);
  const prepared = await preparePlugin(entry, {
    root: workspace,
    builtins,
    grants: {
      decide: (query) => grants.decide(query),
      get: (sha256) => grants.get(sha256),
      lineage: (place) => grants.lineage(place),
      problem: undefined,
    },
    approved: {
      read: (sha256, place) => kept.read(sha256, place),
      lastAt: (place) => kept.lastAt(place),
      ...(keep && { keep: (artifact) => keepArtifact(kept, artifact) }),
    },
    allowDirs: [],
    trustWorkspace: false,
  });
  if (prepared.kind === "failed") return prepared;
  const { pending, pendingFailure, ...inForce } = prepared.facts;
  if (pendingFailure) {
    const { sha256, version } = inForce;
    return { kind: "failed", failure: pendingFailure, inForce: { sha256, version } };
  }
  const facts: ArtifactFacts = {
    ...inForce,
    ...(pending?.version !== undefined && { version: pending.version }),
    ...(pending?.sha256 !== undefined && { sha256: pending.sha256 }),
  };
  const { sha256 } = facts;
  const shipped = builtins.isShipped(sha256);
  const nothing = { sha256, shipped, capabilities: [], folders: [], limits: {} };
  const artifact = {
    facts,
    path: artifactPath(entry, workspace, builtins),
    shipped,
    known: grants.decide(nothing) === "granted",
    ...(pending && { inForce: { sha256: inForce.sha256, version: inForce.version } }),
  };
  const requests = prepared.kind === "needs-consent" ? prepared.requests : pending?.requests;
  if (!requests) return { kind: "granted", ...artifact };
  const places = await artifactPlaces(workspace, entry.artifactPath);
  return {
    kind: "needs-consent",
    ...artifact,
    requests,
    approval: approvalOf(entry.id, sha256, requests, places),
  };
}

function artifactPath(
  entry: PluginEntry,
  workspace: string,
  builtins: Awaited<ReturnType<typeof shippedArtifacts>>,
): string {
  const builtin = /^builtin:(.*)$/u.exec(entry.artifactPath)?.[1];
  if (builtin === undefined) return resolve(workspace, entry.artifactPath);
  return builtins.get(builtin)?.path ?? entry.artifactPath;
}

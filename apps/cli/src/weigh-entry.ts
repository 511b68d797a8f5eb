import { resolve } from "node:path";
import type { PluginEntry } from "@novywave/config";
import type { GrantInput, GrantStore, PluginFailure } from "@novywave/plugin-host";
import type { ConsentRequest } from "@novywave/protocol";
import type { ArtifactFacts } from "@novywave/server";
import { shippedArtifacts } from "./shipped-artifacts.js";

/** How far an entry of `.novywave` gets without being run. */
export type WeighedEntry =
  | { readonly kind: "failed"; readonly failure: PluginFailure; readonly facts?: ArtifactFacts }
  | ({ readonly kind: "granted" } & WeighedArtifact)
  | ({
      readonly kind: "needs-consent";
      /** What is asked for and was not approved. */
      readonly requests: ConsentRequest;
      /** What to record when the user agrees to all of that. */
      readonly approval: GrantInput;
    } & WeighedArtifact);

interface WeighedArtifact {
  readonly facts: ArtifactFacts;
  /** Absolute path. */
  readonly path: string;
  readonly shipped: boolean;
  /** Whether this very artifact may run at all, be it with less than it asks for. */
  readonly known: boolean;
}

/** Reads and inspects the artifact of an entry and compares what it asks for with what the user approved, as the server does. Runs nothing. */
export async function weighEntry(
  entry: PluginEntry,
  workspace: string,
  grants: GrantStore,
): Promise<WeighedEntry> {
  const { approvalOf, preparePlugin } = await import("@novywave/server");
  const builtins = await shippedArtifacts();
  const prepared = await preparePlugin(entry, {
    root: workspace,
    builtins,
    grants: { decide: (query) => grants.decide(query), problem: undefined },
    allowDirs: [],
    trustWorkspace: false,
  });
  if (prepared.kind === "failed") return prepared;
  const { facts } = prepared;
  const { sha256 } = facts;
  const shipped = builtins.isShipped(sha256);
  const nothing = { sha256, shipped, capabilities: [], folders: [], limits: {} };
  const artifact = {
    facts,
    path: artifactPath(entry, workspace, builtins),
    shipped,
    known: grants.decide(nothing) === "granted",
  };
  if (prepared.kind === "startable") return { kind: "granted", ...artifact };
  const { requests } = prepared;
  return { kind: "needs-consent", ...artifact, requests, approval: approvalOf(entry.id, sha256, requests) };
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

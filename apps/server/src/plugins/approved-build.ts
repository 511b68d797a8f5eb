import fs from "node:fs/promises";
import path from "node:path";
import type { Result } from "@novywave/base";
import type { Artifact, PluginFailure, PluginFailureCode } from "@novywave/plugin-host";
import { brokenBuild, pendingMessage } from "./consent.js";
import type { PluginEntry } from "./plugin-entry.js";
import type { ArtifactFacts, Preparation } from "./preparation.js";
import type { PrepareOptions } from "./prepare-options.js";
import { weighArtifact } from "./weigh-artifact.js";

/** Approved builds of one place that are tried: the one that was last in force, then the newest. */
const maxTried = 8;

/** A build with one of these faults is a build nevertheless; a file that is gone, or was never one, is not. */
const brokenCodes: ReadonlySet<PluginFailureCode> = new Set<PluginFailureCode>([
  "artifact-truncated",
  "not-a-component",
  "core-module",
  "manifest-invalid",
  "incompatible",
]);

/**
 * The build that was approved at the place of an artifact which does not run, from the user's cache, with what is to be
 * said of the one that has taken its place. Undefined if there is none.
 */
export async function approvedBuild(
  entry: PluginEntry,
  artifact: Result<Artifact, PluginFailure>,
  found: Exclude<Preparation, { kind: "startable" }>,
  options: PrepareOptions,
): Promise<Preparation | undefined> {
  const { approved, builtins, grants, root } = options;
  if (!approved || isBuiltin(entry.artifactPath)) return undefined;
  if (found.kind === "failed" && !brokenCodes.has(found.failure.code)) return undefined;
  const place = artifactPlace(root, entry.artifactPath);
  const present = artifact.ok ? artifact.value.sha256 : undefined;
  // What was last in force here may have been approved elsewhere: an approval is for bytes, wherever they lie.
  const last = await approved.lastAt(place);
  const lineage = grants.lineage(place).map(({ sha256 }) => sha256);
  const candidates = new Set([...(last === undefined ? [] : [last]), ...lineage]);
  for (const sha256 of [...candidates].slice(0, maxTried)) {
    // Of the build itself nothing more is approved than was found wanting.
    if (sha256 === present || builtins.isShipped(sha256) || !grants.get(sha256)) continue;
    const before = await approved.read(sha256, place);
    if (!before) continue;
    const prepared = await weighArtifact(entry, before, { ...options, trustWorkspace: false });
    if (prepared.kind !== "startable") continue;
    return { ...prepared, facts: { ...prepared.facts, ...pendingBuild(found) } };
  }
  return undefined;
}

/** Where an entry says that its artifact lies: what approvals are asked for by. `root` is free of symbolic links. */
export function artifactPlace(root: string, artifactPath: string): string {
  return path.resolve(root, artifactPath);
}

/**
 * The places by which an approval is remembered: where the entry says that the artifact lies, and, for builds that are
 * written there, where a link leads. None for what ships.
 */
export async function artifactPlaces(root: string, artifactPath: string): Promise<readonly string[]> {
  if (isBuiltin(artifactPath)) return [];
  const place = artifactPlace(root, artifactPath);
  try {
    return [...new Set([place, await fs.realpath(place)])];
  } catch {
    return [place];
  }
}

function isBuiltin(artifactPath: string): boolean {
  return artifactPath.startsWith("builtin:");
}

function pendingBuild(
  found: Exclude<Preparation, { kind: "startable" }>,
): Pick<ArtifactFacts, "pending" | "pendingFailure"> {
  if (found.kind === "failed")
    return { pending: brokenBuild(found.failure.message), pendingFailure: found.failure };
  const { facts, requests } = found;
  const { version, sha256 } = facts;
  return { pending: { message: pendingMessage(version, requests), version, sha256, requests } };
}

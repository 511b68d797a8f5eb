import type { Result } from "@novywave/base";
import { readSettledArtifact, type Artifact, type PluginFailure } from "@novywave/plugin-host";
import { approvedBuild } from "./approved-build.js";
import type { PluginEntry } from "./plugin-entry.js";
import type { PrepareOptions } from "./prepare-options.js";
import type { Preparation } from "./preparation.js";
import { weighArtifact } from "./weigh-artifact.js";

/**
 * Reads, inspects and weighs the artifact of an entry. What cannot run, or waits for consent, leaves the build in force
 * that was approved at its place before. Runs nothing.
 */
export async function preparePlugin(entry: PluginEntry, options: PrepareOptions): Promise<Preparation> {
  const { root, builtins, approved, grants, trustWorkspace } = options;
  const { artifactPath } = entry;
  const isApproved = (sha256: string): boolean =>
    builtins.isShipped(sha256) || grants.get(sha256) !== undefined;
  const artifact = await readSettledArtifact({
    artifactPath,
    configFolder: root,
    builtins,
    isKnown: isApproved,
  });
  const found = await weigh(entry, artifact, options);
  if (found.kind !== "startable") {
    const before = await approvedBuild(entry, artifact, found, options);
    if (before) return before;
    // Not kept, or not to be read: it runs on in memory while it is approved, and no longer.
    const mayGoOn = (sha256: string): boolean => trustWorkspace || isApproved(sha256);
    return { ...found, mayGoOn };
  }
  // A run in which everything is trusted approves nothing for the next one.
  if (artifact.ok && !trustWorkspace && !builtins.isShipped(artifact.value.sha256)) {
    await approved?.keep?.(artifact.value);
  }
  return found;
}

async function weigh(
  entry: PluginEntry,
  artifact: Result<Artifact, PluginFailure>,
  options: PrepareOptions,
): Promise<Preparation> {
  if (!artifact.ok) return { kind: "failed", failure: artifact.error };
  return weighArtifact(entry, artifact.value, options);
}

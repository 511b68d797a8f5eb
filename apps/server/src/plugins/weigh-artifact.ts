import path from "node:path";
import {
  checkConfig,
  inspectArtifact,
  type Artifact,
  type InspectedArtifact,
  type PluginFailure,
} from "@novywave/plugin-host";
import { isInside } from "../workspace.js";
import { consentMessage, consentRequest } from "./consent.js";
import type { PluginEntry } from "./plugin-entry.js";
import type { ArtifactFacts, Preparation } from "./preparation.js";
import type { PrepareOptions } from "./prepare-options.js";
import { raisedLimits, requestedFolders, requestedLimits } from "./requested.js";

/** Inspects an artifact and compares what it and its entry ask for with what the user approved. Runs nothing. */
export async function weighArtifact(
  entry: PluginEntry,
  artifact: Artifact,
  options: PrepareOptions,
): Promise<Preparation> {
  const inspected = inspectArtifact(artifact);
  if (!inspected.ok) return { kind: "failed", failure: inspected.error };
  const facts = factsOf(artifact, inspected.value);
  const weighed = await weigh(entry, artifact, inspected.value, facts, options);
  if (weighed.kind !== "startable") return weighed;
  // After consent: until then the artifact's schema is a stranger's.
  const problem = await configProblem(entry, inspected.value);
  return problem ? { kind: "failed", failure: problem, facts } : weighed;
}

async function weigh(
  entry: PluginEntry,
  artifact: Artifact,
  inspected: InspectedArtifact,
  facts: ArtifactFacts,
  options: PrepareOptions,
): Promise<Preparation> {
  const { root, builtins, grants, allowDirs, trustWorkspace } = options;
  const { manifest, requests } = inspected;
  const folders = await requestedFolders(entry, root, inspected.world);
  const outside = folders.outside.map((folder) => folder.path);
  const limits = requestedLimits(entry, manifest);
  const decision = grants.decide({
    sha256: artifact.sha256,
    shipped: builtins.isShipped(artifact.sha256) || trustWorkspace,
    capabilities: requests,
    folders: outside.filter((folder) => !allowDirs.some((allowed) => isInside(folder, allowed))),
    limits: raisedLimits(limits),
  });
  if (decision !== "granted") {
    const { needs } = decision;
    const last = await options.approved?.lastAt(artifact.place);
    const before = (last === undefined ? undefined : grants.get(last)) ?? grants.lineage(artifact.place)[0];
    const asked = consentRequest(entry, manifest, folders.outside, needs, before);
    const message = [
      consentMessage(asked, needs.artifact),
      ...(grants.problem === undefined ? [] : [grants.problem]),
    ];
    return { kind: "needs-consent", facts, message: message.join(". "), requests: asked };
  }
  return {
    kind: "startable",
    facts: { ...facts, trust: trustOf(artifact, options) },
    request: {
      pluginId: entry.id,
      artifact,
      manifest,
      config: entry.config,
      channels: entry.channels ?? manifest.channels,
      capabilities: requests,
      folders: [root, ...outside],
      limits,
      ...(entry.watch &&
        requests.includes("watch") && {
          watch: {
            directories: entry.watch.directories.map((directory) => path.resolve(root, directory)),
            debounceMs: entry.watch.debounceMs,
          },
        }),
    },
  };
}

function trustOf({ sha256 }: Artifact, { builtins, grants, trustWorkspace }: PrepareOptions) {
  if (builtins.isShipped(sha256)) return "shipped";
  const approved = grants.decide({ sha256, capabilities: [], folders: [], limits: {} }) === "granted";
  return trustWorkspace && !approved ? "session" : "approved";
}

function factsOf(artifact: Artifact, { manifest, requests }: InspectedArtifact): ArtifactFacts {
  return {
    version: manifest.version,
    sha256: artifact.sha256,
    capabilities: requests,
    description: manifest.description,
    ...(manifest.configSchema !== undefined && { configSchema: manifest.configSchema }),
  };
}

async function configProblem(
  entry: PluginEntry,
  { manifest }: InspectedArtifact,
): Promise<PluginFailure | undefined> {
  const problems = await checkConfig(manifest.configSchema, entry.config);
  if (problems.length === 0) return undefined;
  const told = problems
    .slice(0, 5)
    .map(({ path: at, message }) => `invalid config key \`${at}\`: ${message}`);
  return {
    code: "init-failed",
    message: `Failed to load ${entry.id}: ${told.join("; ")}`,
    details: problems,
  };
}

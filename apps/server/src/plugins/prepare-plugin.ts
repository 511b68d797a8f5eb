import path from "node:path";
import {
  defaultLimits,
  inspectArtifact,
  isCapability,
  limitNames,
  readArtifact,
  sortFolders,
  validateConfig,
  type Artifact,
  type BuiltinArtifacts,
  type GrantInput,
  type GrantNeeds,
  type InspectedArtifact,
  type PluginFailure,
} from "@novywave/plugin-host";
import type { ConsentRequest } from "@novywave/protocol";
import { isInside } from "../workspace.js";
import type { Grants } from "./grants.js";
import type { PluginEntry } from "./plugin-entry.js";
import type { ArtifactFacts, Preparation } from "./preparation.js";
import { raisedLimits, requestedFolders, requestedLimits } from "./requested.js";

export interface PrepareOptions {
  /** The folder of `.novywave`, absolute, free of symbolic links. */
  readonly root: string;
  readonly builtins: BuiltinArtifacts;
  readonly grants: Pick<Grants, "decide" | "problem">;
  /** Folders outside the workspace that this run allows, absolute, free of symbolic links. */
  readonly allowDirs: readonly string[];
  /** The artifacts of this workspace are approved for this run. */
  readonly trustWorkspace: boolean;
}

/** Reads, inspects and weighs the artifact of an entry. Runs nothing. */
export async function preparePlugin(entry: PluginEntry, options: PrepareOptions): Promise<Preparation> {
  const { root, builtins } = options;
  const artifact = await readArtifact({ artifactPath: entry.artifactPath, configFolder: root, builtins });
  if (!artifact.ok) return { kind: "failed", failure: artifact.error };
  const inspected = inspectArtifact(artifact.value);
  if (!inspected.ok) return { kind: "failed", failure: inspected.error };
  const facts = factsOf(artifact.value, inspected.value);
  const weighed = await weigh(entry, artifact.value, inspected.value, facts, options);
  if (weighed.kind !== "startable") return weighed;
  // After consent: until then the artifact's schema is a stranger's, and checking against it costs time.
  const problem = configProblem(entry, inspected.value);
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
  const folders = await sortFolders(root, requestedFolders(entry));
  const limits = requestedLimits(entry, manifest);
  const decision = grants.decide({
    sha256: artifact.sha256,
    shipped: builtins.isShipped(artifact.sha256) || trustWorkspace,
    capabilities: requests,
    folders: folders.outside.filter((folder) => !allowDirs.some((allowed) => isInside(folder, allowed))),
    limits: raisedLimits(limits),
  });
  if (decision !== "granted") {
    const message = [
      consentMessage(decision.needs),
      ...(grants.problem === undefined ? [] : [grants.problem]),
    ];
    return {
      kind: "needs-consent",
      facts,
      message: message.join(". "),
      requests: consentRequest(inspected, decision.needs),
    };
  }
  return {
    kind: "startable",
    facts,
    request: {
      pluginId: entry.id,
      artifact,
      manifest,
      config: entry.config,
      channels: entry.channels ?? manifest.channels,
      capabilities: requests,
      folders: [root, ...folders.outside],
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

/** What a person approves when he approves all that the status of the plugin lists. */
export function approvalOf(pluginId: string, sha256: string, requests: ConsentRequest): GrantInput {
  return {
    sha256,
    pluginId,
    capabilities: requests.capabilities.map(({ name }) => name).filter(isCapability),
    folders: requests.folders,
    limits: Object.fromEntries(requests.limits.map(({ name, value }) => [name, value])),
  };
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

function configProblem(entry: PluginEntry, { manifest }: InspectedArtifact): PluginFailure | undefined {
  if (manifest.configSchema === undefined) return undefined;
  const problems = validateConfig(manifest.configSchema, entry.config);
  if (problems.length === 0) return undefined;
  const told = problems.slice(0, 5).map(({ path, message }) => `invalid config key \`${path}\`: ${message}`);
  return {
    code: "init-failed",
    message: `Failed to load ${entry.id}: ${told.join("; ")}`,
    details: problems,
  };
}

function consentMessage({ artifact, capabilities, folders, limits }: GrantNeeds): string {
  const asks = [
    ...(artifact ? ["to run an artifact that does not ship with the program"] : []),
    ...(capabilities.length > 0 ? [`to use ${capabilities.join(", ")}`] : []),
    ...(folders.length > 0 ? [`to see ${folders.join(", ")} outside the workspace`] : []),
    ...(Object.keys(limits).length > 0 ? [`to exceed the limits ${Object.keys(limits).join(", ")}`] : []),
  ];
  return `It asks ${asks.join(", and ")}`;
}

function consentRequest({ manifest }: InspectedArtifact, needs: GrantNeeds): ConsentRequest {
  return {
    capabilities: manifest.capabilities
      .filter(({ name }) => needs.capabilities.includes(name))
      .map(({ name, reason }) => ({ name, reason })),
    folders: [...needs.folders],
    limits: limitNames.flatMap((name) => {
      const value = needs.limits[name];
      return value === undefined ? [] : [{ name, value, default: defaultLimits[name] }];
    }),
  };
}

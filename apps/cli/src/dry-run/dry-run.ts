import { stat } from "node:fs/promises";
import { basename, resolve } from "node:path";
import type { PluginEntry } from "@novywave/config";
import type { Artifact, ArtifactSurvey, GrantStore, PluginFailure, WorldName } from "@novywave/plugin-host";
import type { ConsentRequest } from "@novywave/protocol";
import type { Preparation } from "@novywave/server";
import { pluginFailure } from "../artifact-argument.js";
import { shippedArtifacts } from "../shipped-artifacts.js";
import type { UserFolders } from "../user-folders.js";
import { weighEntry } from "../weigh-entry.js";
import type { Difference, DryRunFolder, DryRunLimit, DryRunReport } from "./report.js";

export interface DryRunOptions {
  readonly artifact: Artifact;
  /** Undefined for an artifact that is no entry of the workspace. */
  readonly entry: PluginEntry | undefined;
  readonly workspace: string;
  readonly grants: GrantStore;
  readonly folders: UserFolders;
}

/**
 * Finds out whether a plugin would start, and why not, by the rules of the server. Executes none of it. Throws
 * `CommandFailure` for bytes of which nothing can be said.
 */
export async function dryRun(options: DryRunOptions): Promise<DryRunReport> {
  const { artifact, workspace, grants } = options;
  const { surveyArtifact } = await import("@novywave/plugin-host");
  const { adviceFor } = await import("@novywave/server");
  const survey = surveyArtifact(artifact);
  if (!survey.ok) throw pluginFailure(survey.error);
  const { manifest, world, problems, imports, exports, wit, sha256, size } = survey.value;
  const entry = options.entry ?? entryFor(artifact, survey.value);
  const weighed = await weigh(entry, options);
  const shipped = (await shippedArtifacts()).isShipped(sha256);
  const requests = weighed.kind === "needs-consent" ? weighed.requests : null;
  const compatible = problems.length === 0;
  const failures = compatible ? (weighed.kind === "failed" ? [weighed.failure] : []) : problems;
  const asked = manifest?.capabilities ?? [];
  return {
    id: entry.id,
    enabled: options.entry?.enabled ?? null,
    artifact: { path: artifact.path, sha256, size },
    version: manifest?.version ?? null,
    sha256,
    world: world?.world ?? null,
    wit,
    imports,
    exports,
    manifest: manifest ?? null,
    disagreements: manifest ? await disagree(survey.value) : [],
    capabilities: asked.map(({ name, reason }) => ({
      name,
      reason,
      granted: compatible && !(requests?.capabilities.some((item) => item.name === name) ?? false),
    })),
    channels: (entry.channels ?? manifest?.channels ?? []).filter((channel) =>
      manifest?.channels.includes(channel),
    ),
    folders: await foldersOf(entry, workspace, requests, world?.world),
    limits: manifest ? await limitsOf(entry, survey.value, requests) : [],
    compatible,
    granted: weighed.kind === "startable",
    shipped,
    needs:
      requests === null
        ? null
        : {
            artifact: !shipped && grants.get(sha256) === undefined,
            capabilities: requests.capabilities.map(({ name }) => name),
            folders: requests.folders.map(({ path }) => path),
            limits: Object.fromEntries(requests.limits.map(({ name, value }) => [name, value])),
          },
    requests,
    difference: await differenceOf(options, survey.value, requests),
    inForce: await inForceOf(entry, options),
    problems: failures.map((failure: PluginFailure) => ({
      code: failure.code,
      message: failure.message,
      action: adviceFor(failure),
    })),
  };
}

/** What would be written for an artifact that is added. */
function entryFor(artifact: Artifact, { manifest }: ArtifactSurvey): PluginEntry {
  const artifactPath = basename(artifact.path);
  const location = { line: 1, column: 1 };
  return { id: manifest?.id ?? artifactPath, enabled: true, artifactPath, config: {}, location };
}

async function weigh(
  entry: PluginEntry,
  { artifact, workspace, grants, folders }: DryRunOptions,
): Promise<Preparation> {
  const { weighArtifact } = await import("@novywave/server");
  const { ApprovedArtifacts } = await import("@novywave/plugin-host");
  const kept = new ApprovedArtifacts(folders.cache);
  return weighArtifact(entry, artifact, {
    root: workspace,
    builtins: await shippedArtifacts(),
    grants: {
      decide: (query) => grants.decide(query),
      get: (sha256) => grants.get(sha256),
      lineage: (place) => grants.lineage(place),
      problem: undefined,
    },
    approved: {
      read: (sha256, place) => kept.read(sha256, place),
      lastAt: (place) => kept.lastAt(place),
    },
    allowDirs: [],
    trustWorkspace: false,
  });
}

async function disagree({ manifest, uses, imports }: ArtifactSurvey): Promise<readonly string[]> {
  const { disagreements } = await import("@novywave/plugin-host");
  const names = imports.map(({ name }) => name);
  return manifest ? disagreements(manifest, uses, names) : [];
}

async function foldersOf(
  entry: PluginEntry,
  workspace: string,
  requests: ConsentRequest | null,
  world: WorldName | undefined,
): Promise<readonly DryRunFolder[]> {
  const { requestedFolders } = await import("@novywave/server");
  const { inside, outside, invalid } = await requestedFolders(entry, workspace, world);
  const waits = new Set(requests?.folders.map(({ path }) => path));
  const listed = [
    ...inside.map((path) => ({ path, place: "inside" as const, granted: true })),
    ...outside.map(({ path }) => ({ path, place: "outside" as const, granted: !waits.has(path) })),
    ...invalid.map((path) => ({ path, place: "invalid" as const, granted: false })),
  ];
  return Promise.all(
    listed.map(async (folder) => ({
      ...folder,
      // Of what nobody allowed nothing is looked up but that the entry names it.
      exists: folder.place !== "invalid" && (await isFolder(resolve(workspace, folder.path))),
    })),
  );
}

async function limitsOf(
  entry: PluginEntry,
  { manifest }: ArtifactSurvey,
  requests: ConsentRequest | null,
): Promise<readonly DryRunLimit[]> {
  const { defaultLimits, limitKey, limitNames } = await import("@novywave/plugin-host");
  const { requestedLimits } = await import("@novywave/server");
  if (!manifest) return [];
  const limits = requestedLimits(entry, manifest);
  return limitNames.map((name) => ({
    name: limitKey(name),
    value: limits[name],
    default: defaultLimits[name],
    granted: !(requests?.limits.some((item) => item.name === name) ?? false),
  }));
}

async function differenceOf(
  { artifact, grants, folders }: DryRunOptions,
  { manifest }: ArtifactSurvey,
  requests: ConsentRequest | null,
): Promise<Difference | null> {
  const { ApprovedArtifacts } = await import("@novywave/plugin-host");
  const last = await new ApprovedArtifacts(folders.cache).lastAt(artifact.place);
  const before = (last === undefined ? undefined : grants.get(last)) ?? grants.lineage(artifact.place)[0];
  if (!before || before.sha256 === artifact.sha256 || requests === null || !manifest) return null;
  const { newRequests } = await import("@novywave/server");
  const asked = manifest.capabilities.map(({ name }) => name);
  return {
    approved: before.sha256,
    added: newRequests(requests),
    removed: before.capabilities.filter((name) => !asked.includes(name)),
  };
}

async function inForceOf(entry: PluginEntry, options: DryRunOptions): Promise<DryRunReport["inForce"]> {
  if (!options.entry) return null;
  const weighed = await weighEntry(entry, options.workspace, options.grants, options.folders);
  return weighed.inForce ?? null;
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    return false;
  }
}

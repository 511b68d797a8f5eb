import { stat } from "node:fs/promises";
import { relative, resolve } from "node:path";
import type { PluginEntry } from "@novywave/config";
import type { GrantStore, Manifest } from "@novywave/plugin-host";
import type { PluginManifest } from "@novywave/plugin-sdk";
import { artifactArgument } from "../artifact-argument.js";
import type { UserFolders } from "../user-folders.js";
import { decideAdvice } from "../describe-needs.js";
import { weighEntry } from "../weigh-entry.js";
import type { Finding } from "./finding.js";

interface Surroundings {
  readonly workspace: string;
  /** The path of `.novywave`. */
  readonly configFile: string;
  readonly grants: GrantStore;
  readonly folders: UserFolders;
}

/** Whether an entry of `.novywave` agrees with its artifact, and the artifact with this host. Runs none of it. */
export async function checkEntry(
  entry: PluginEntry,
  surroundings: Surroundings,
): Promise<readonly Finding[]> {
  const { workspace, configFile, grants, folders } = surroundings;
  const { adviceFor, requestedFolders } = await import("@novywave/server");
  const at = { plugin: entry.id, file: configFile, line: entry.location.line };
  const findings: Finding[] = [];
  const weighed = await weighEntry(entry, workspace, grants, folders);
  if (weighed.kind === "failed") {
    const { failure } = weighed;
    const code = failure.code === "init-failed" ? "config-rejected" : failure.code;
    const severity = entry.enabled ? "error" : "warning";
    findings.push({ ...at, code, severity, message: failure.message, action: adviceFor(failure) });
  } else if (weighed.kind === "needs-consent") {
    findings.push({
      ...at,
      code: weighed.requests.denied ? "denied" : "needs-consent",
      severity: "warning",
      message: weighed.inForce
        ? `the build that you approved runs; ${weighed.requests.denied ? "you denied a newer one" : "a newer one waits for your consent"}`
        : weighed.requests.denied
          ? "you denied what it asks for"
          : "it waits for your consent",
      action: decideAdvice(entry.id, weighed.requests),
    });
  }
  const manifest = await manifestOf(entry, workspace);
  if (manifest) findings.push(...agreement(entry, manifest, at));
  const requested = await requestedFolders(entry, workspace);
  for (const folder of [
    ...requested.inside,
    ...requested.outside.map(({ path }) => path),
    ...requested.invalid,
  ])
    if (!(await isFolder(resolve(workspace, folder))))
      findings.push({
        ...at,
        code: "folder-missing",
        severity: "warning",
        message: `the folder ${folder} is not there`,
        action: "Make it, or correct config.directories or watch.directories.",
      });
  return findings;
}

type Place = Pick<Finding, "file" | "line"> & { readonly plugin: string };

function agreement(entry: PluginEntry, manifest: Manifest, at: Place): readonly Finding[] {
  const findings: Finding[] = [];
  // Without a manifest the id is made of the file's name, and means nothing.
  if (manifest.source !== "imports" && manifest.id !== entry.id)
    findings.push({
      ...at,
      code: "id-mismatch",
      severity: "error",
      message: `the entry has the id "${entry.id}", the manifest of its artifact "${manifest.id}"`,
      action: `Write id = "${manifest.id}" in .novywave, or correct artifact_path.`,
    });
  for (const channel of entry.channels ?? [])
    if (!manifest.channels.includes(channel))
      findings.push({
        ...at,
        code: "channel-unknown",
        severity: "warning",
        message: `the entry allows the channel "${channel}", which the manifest does not name: it stays closed`,
        action: "Remove it from channels of the entry, or add it to channels of Plugin.toml.",
      });
  return findings;
}

/** Whether the entry names what the plugin's source is built into, and whether that is of this source. */
export async function checkSourceAgainstEntry(
  source: PluginManifest,
  artifact: string,
  entry: PluginEntry,
  { workspace, configFile }: Surroundings,
): Promise<readonly Finding[]> {
  const at = { plugin: source.id, file: configFile, line: entry.location.line };
  if (entry.artifactPath.startsWith("builtin:")) return [];
  if (resolve(workspace, entry.artifactPath) !== artifact)
    return [
      {
        ...at,
        code: "artifact-path-mismatch",
        severity: "warning",
        message: `the entry runs ${entry.artifactPath}, but a build writes ${relative(workspace, artifact)}`,
        action: "Correct artifact_path in .novywave, or copy the artifact after each build.",
      },
    ];
  const built = await manifestOf(entry, workspace);
  if (built?.version === undefined || built.version === source.version) return [];
  return [
    {
      ...at,
      code: "artifact-stale",
      severity: "warning",
      message: `the artifact is version ${built.version}, Plugin.toml says ${source.version}`,
      action: `Build it: novywave plugins build ${source.id}`,
    },
  ];
}

async function manifestOf(entry: PluginEntry, workspace: string): Promise<Manifest | undefined> {
  const { surveyArtifact } = await import("@novywave/plugin-host");
  try {
    const artifact = await artifactArgument(entry.artifactPath, workspace, "entry");
    const survey = surveyArtifact(artifact);
    return survey.ok ? survey.value.manifest : undefined;
  } catch {
    // Told already: it was weighed.
    return undefined;
  }
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    return false;
  }
}

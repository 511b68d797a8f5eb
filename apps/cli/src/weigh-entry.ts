import type { PluginEntry } from "@novywave/config";
import type {
  Artifact,
  GrantNeeds,
  GrantStore,
  InspectedArtifact,
  PluginFailure,
  PluginLimits,
} from "@novywave/plugin-host";
import { shippedArtifacts } from "./shipped-artifacts.js";

/** How far an entry of `.novywave` gets without being run. */
export type WeighedEntry =
  | {
      readonly kind: "failed";
      readonly failure: PluginFailure;
    }
  | {
      readonly kind: "granted" | "needs-consent";
      readonly artifact: Artifact;
      readonly inspected: InspectedArtifact;
      readonly shipped: boolean;
      /** Canonical folders outside of the workspace that the entry names. */
      readonly folders: readonly string[];
      /** Limits above the defaults. */
      readonly limits: Partial<PluginLimits>;
      /** What the user has not approved; undefined when nothing is missing. */
      readonly needs: GrantNeeds | undefined;
    };

/** Reads and inspects the artifact of an entry and compares what it asks for with what the user approved. Runs nothing. */
export async function weighEntry(
  entry: PluginEntry,
  workspace: string,
  grants: GrantStore,
): Promise<WeighedEntry> {
  const { inspectArtifact, readArtifact, sortFolders, validateConfig } =
    await import("@novywave/plugin-host");
  const builtins = await shippedArtifacts();
  const artifact = await readArtifact({
    artifactPath: entry.artifactPath,
    configFolder: workspace,
    builtins,
  });
  if (!artifact.ok) return { kind: "failed", failure: artifact.error };
  const inspected = inspectArtifact(artifact.value);
  if (!inspected.ok) return { kind: "failed", failure: inspected.error };
  const { manifest, requests } = inspected.value;
  const [problem] =
    manifest.configSchema === undefined ? [] : validateConfig(manifest.configSchema, entry.config);
  if (problem !== undefined)
    return {
      kind: "failed",
      failure: { code: "init-failed", message: `invalid config key \`${problem.path}\`: ${problem.message}` },
    };
  const shipped = builtins.isShipped(artifact.value.sha256);
  const { outside } = await sortFolders(workspace, namedFolders(entry));
  const limits = await raisedLimits(entry, inspected.value);
  const decision = grants.decide({
    sha256: artifact.value.sha256,
    shipped,
    capabilities: requests,
    folders: outside,
    limits,
  });
  const needs = decision === "granted" ? undefined : decision.needs;
  return {
    kind: needs === undefined ? "granted" : "needs-consent",
    artifact: artifact.value,
    inspected: inspected.value,
    shipped,
    folders: outside,
    limits,
    needs,
  };
}

/** Where the plugin looks, and what is watched for it. */
function namedFolders(entry: PluginEntry): readonly string[] {
  const { directories } = entry.config;
  const configured = Array.isArray(directories)
    ? directories.filter((item): item is string => typeof item === "string")
    : [];
  return [...new Set([...configured, ...(entry.watch?.directories ?? [])])];
}

async function raisedLimits(
  entry: PluginEntry,
  { manifest }: InspectedArtifact,
): Promise<Partial<PluginLimits>> {
  const { defaultLimits, limitNames, withDefaults } = await import("@novywave/plugin-host");
  const asked = withDefaults({ ...manifest.limits, ...entry.limits });
  return Object.fromEntries(
    limitNames.filter((name) => asked[name] > defaultLimits[name]).map((name) => [name, asked[name]]),
  );
}

import { assertNever } from "@novywave/base";
import type { BuildReport } from "@novywave/plugin-sdk";
import { keepArtifact } from "./keep-artifact.js";
import { openGrants } from "./open-grants.js";
import { formatSize } from "./output.js";
import { shippedArtifacts } from "./shipped-artifacts.js";
import type { UserFolders } from "./user-folders.js";

/** Whether what was built may run. */
export type BuildConsent =
  /** It ships with the program. */
  | { readonly state: "shipped" }
  /** It asks for no more than was approved at its place before. */
  | { readonly state: "approved" }
  /** What it asks for beyond that. */
  | {
      readonly state: "needs-consent";
      readonly capabilities: readonly string[];
      readonly limits: readonly string[];
    }
  /** The plugin host would refuse it. */
  | { readonly state: "incompatible"; readonly message: string };

/**
 * Approves what this user built himself, for what he approved of its predecessors; called before it takes their place.
 * Nothing is recorded of a build that asks for more.
 */
export async function approveBuild(
  report: BuildReport,
  component: Uint8Array,
  folders: UserFolders,
): Promise<BuildConsent> {
  if ((await shippedArtifacts()).get(report.name)?.path === report.file) return { state: "shipped" };
  const host = await import("@novywave/plugin-host");
  const place = (await host.canonicalPath(report.file))?.path ?? report.file;
  const artifact = host.makeArtifact(place, component);
  const inspected = artifact.ok ? host.inspectArtifact(artifact.value) : artifact;
  if (!artifact.ok || !inspected.ok)
    return { state: "incompatible", message: inspected.ok ? "" : inspected.error.message };
  const { manifest, requests } = inspected.value;
  const grants = await openGrants(folders);
  const { pluginId } = grants.lineage(place)[0] ?? { pluginId: report.id };
  const outcome = await host.approveOwnBuild(grants, {
    pluginId,
    sha256: report.sha256,
    artifactPath: place,
    capabilities: requests,
    limits: manifest.limits ?? {},
  });
  if (outcome !== "approved") {
    const limits = Object.keys(outcome.limits);
    return { state: "needs-consent", capabilities: outcome.capabilities, limits };
  }
  const kept = new host.ApprovedArtifacts(folders.cache);
  await keepArtifact(kept, artifact.value);
  // Builds that newer ones have replaced are approved no longer, and of no use.
  await kept.clear(new Set(grants.list().map(({ sha256 }) => sha256)));
  return { state: "approved" };
}

/** A line on a build, for people. */
export function describeBuild({ id, version, size, durationMs }: BuildReport): string {
  return `${id} ${version}: ${formatSize(size)} in ${(durationMs / 1000).toFixed(1)} s`;
}

/** What a person should know about whether the build may run; nothing if it simply may. */
export function describeConsent(consent: BuildConsent, id: string): string | undefined {
  switch (consent.state) {
    case "shipped":
    case "approved":
      return undefined;
    case "needs-consent": {
      const asked = [...consent.capabilities, ...consent.limits].join(", ");
      return `You have not approved all that it asks for (${asked}). Once it is in .novywave (novywave plugins add FILE.wasm): novywave plugins grant ${id}`;
    }
    case "incompatible":
      return `It would not run: ${consent.message}`;
    default:
      return assertNever(consent);
  }
}

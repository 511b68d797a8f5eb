import type { Capability } from "../capability.js";
import { defaultLimits, limitNames, type PluginLimits } from "../limits.js";
import type { CurrentDecisions, GrantInput, GrantStore } from "./grant-store.js";

/** An artifact that this user has just built. */
export interface OwnBuild {
  readonly pluginId: string;
  readonly sha256: string;
  /** Where it is written to, canonical. */
  readonly artifactPath: string;
  /** What its manifest asks for. */
  readonly capabilities: readonly Capability[];
  readonly limits: Partial<PluginLimits>;
}

/** What a build asks for that no build at its place was approved with. */
export interface StillAsked {
  readonly capabilities: readonly Capability[];
  readonly limits: Partial<PluginLimits>;
}

/**
 * Approves an artifact that this user made himself, with the capabilities, folders and limits that he approved for what
 * lay at the same place before. No two builds have the same hash: without this, each would ask again. A build that asks
 * for more is not approved; what more that is, is answered. One that a person denied asks for all of it.
 */
export async function approveOwnBuild(grants: GrantStore, build: OwnBuild): Promise<StillAsked | "approved"> {
  await grants.reload();
  const first = weigh(grants, build);
  // Nothing is written, also where nothing can be.
  if (!("sha256" in first)) return first;
  let outcome: StillAsked | "approved" = "approved";
  // Weighed again in the act: what was taken back meanwhile, in the page say, counts as taken back.
  const choose = (now: CurrentDecisions): GrantInput | undefined => {
    const weighed = weigh(now, build);
    if ("sha256" in weighed) return weighed;
    outcome = weighed;
    return undefined;
  };
  // Of the root it was said once that it is meant.
  await grants.grantAfter(choose, { by: "build", allowRoot: true });
  return outcome;
}

/** What to approve, or what a person is still to be asked for. */
function weigh(now: CurrentDecisions, build: OwnBuild): GrantInput | StillAsked {
  const before = now.lineage(build.artifactPath);
  const approved = new Set(before.flatMap(({ capabilities }) => capabilities));
  const limits: { -readonly [K in keyof PluginLimits]?: PluginLimits[K] } = {};
  for (const name of limitNames) {
    const highest = Math.max(0, ...before.map((grant) => grant.limits[name] ?? 0));
    if (highest > 0) limits[name] = highest;
  }
  const missing: StillAsked = {
    capabilities: build.capabilities.filter((name) => !approved.has(name)),
    limits: Object.fromEntries(
      limitNames.flatMap((name) => {
        const asked = build.limits[name] ?? 0;
        return asked > Math.max(defaultLimits[name], limits[name] ?? 0) ? [[name, asked]] : [];
      }),
    ),
  };
  if (missing.capabilities.length > 0 || Object.keys(missing.limits).length > 0) return missing;
  // A person has seen these very bytes and said no: only he can say yes.
  if (now.denials(build.sha256).length > 0) return { capabilities: build.capabilities, limits: {} };
  return {
    pluginId: build.pluginId,
    sha256: build.sha256,
    capabilities: build.capabilities,
    folders: [...new Set(before.flatMap(({ folders }) => folders))],
    limits,
    artifactPaths: [build.artifactPath],
  };
}

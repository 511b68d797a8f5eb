import type { GrantNeeds, InspectedArtifact } from "@novywave/plugin-host";

/** What a person is asked to agree to, one line each. */
export function describeNeeds(
  needs: Pick<GrantNeeds, "capabilities" | "folders" | "limits">,
  { manifest }: InspectedArtifact,
): readonly string[] {
  const reasons = new Map(manifest.capabilities.map(({ name, reason }) => [name, reason]));
  return [
    ...needs.capabilities.map((name) => `capability ${name}: ${reasons.get(name) ?? "no reason is given"}`),
    ...needs.folders.map((folder) => `folder ${folder}, outside of the workspace`),
    ...Object.entries(needs.limits).map(([name, value]) => `limit ${name} raised to ${value}`),
  ];
}

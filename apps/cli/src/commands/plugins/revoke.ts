import type { GrantStore } from "@novywave/plugin-host";
import { Command, Option } from "commander";
import { artifactArgument } from "../../artifact-argument.js";
import type { CommandContext } from "../../command-context.js";
import { CommandFailure } from "../../exit.js";
import { grantFailure, openGrants } from "../../open-grants.js";
import { print, printJson, safeText } from "../../output.js";
import type { UserFolders } from "../../user-folders.js";
import { findEntry, loadWorkspaceConfig } from "../../workspace-config.js";
import { workspaceFolder, workspaceOption } from "../../workspace-option.js";

interface Flags {
  readonly workspace: string;
  readonly json?: true;
}

/** `plugins revoke ID` */
export function revokeCommand({ folders }: CommandContext): Command {
  return new Command("revoke")
    .description("Take back what was approved for a plugin: all its artifacts, or the one with a hash.")
    .argument("<id>", "the plugin's id, or the SHA-256 of an artifact")
    .addOption(workspaceOption())
    .addOption(new Option("--json", "print how many approvals were taken back"))
    .addHelpText(
      "after",
      `
A running server unloads the plugin at once. To stop one that ships with NovyWave, disable it instead. With a hash, another
build of the plugin that you approved may run in its place.

Examples:
  novywave plugins revoke acme.linter
  novywave plugins revoke 3f1c…   (all 64 digits of a SHA-256)`,
    )
    .action(async (id: string, flags: Flags) => {
      const grants = await openGrants(folders);
      const revoked = await revoke(id, grants, flags, folders).catch(async (error: unknown) => {
        throw await grantFailure(error);
      });
      if (revoked === 0) throw new CommandFailure("not-granted", `Nothing was ever approved for "${id}".`);
      if (flags.json) printJson({ id, revoked });
      else
        print(
          safeText(
            `${revoked === 1 ? "One approval was" : `${revoked} approvals were`} taken back for ${id}`,
          ),
        );
    });
}

async function revoke(
  id: string,
  grants: GrantStore,
  { workspace }: Flags,
  folders: UserFolders,
): Promise<number> {
  if (/^[0-9a-f]{64}$/u.test(id)) return grants.revoke({ sha256: id });
  const hashes = await artifactsOf(id, await workspaceFolder(workspace), grants, folders);
  const revoked = await grants.revoke({ pluginId: id, hashes });
  return revoked > 0 ? revoked : grants.revoke({ pluginId: `novywave.${id}` });
}

/**
 * What lies, or was last in force, at the plugin's place in this workspace: it may have been approved elsewhere, under
 * another id. Empty where that cannot be found out: nothing keeps an approval from being taken back.
 */
async function artifactsOf(
  id: string,
  workspace: string,
  grants: GrantStore,
  folders: UserFolders,
): Promise<ReadonlySet<string>> {
  const { artifactPlaces } = await import("@novywave/server");
  const { ApprovedArtifacts } = await import("@novywave/plugin-host");
  const hashes = new Set<string>();
  try {
    const { entries } = (await loadWorkspaceConfig(workspace)).loaded.config.plugins;
    const entry = findEntry(entries, id)?.entry;
    if (entry === undefined) return hashes;
    const kept = new ApprovedArtifacts(folders.cache);
    for (const place of await artifactPlaces(workspace, entry.artifactPath)) {
      for (const { sha256 } of grants.lineage(place)) hashes.add(sha256);
      const last = await kept.lastAt(place);
      if (last !== undefined) hashes.add(last);
    }
    hashes.add((await artifactArgument(entry.artifactPath, workspace, "entry")).sha256);
  } catch (error) {
    if (!(error instanceof CommandFailure)) throw error;
  }
  return hashes;
}

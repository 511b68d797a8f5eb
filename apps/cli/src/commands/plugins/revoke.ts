import { Command, Option } from "commander";
import type { CommandContext } from "../../command-context.js";
import { CommandFailure } from "../../exit.js";
import { grantFailure, openGrants } from "../../open-grants.js";
import { print, printJson } from "../../output.js";

/** `plugins revoke ID` */
export function revokeCommand({ folders }: CommandContext): Command {
  return new Command("revoke")
    .description("Take back what was approved for a plugin: all its artifacts, or the one with a hash.")
    .argument("<id>", "the plugin's id, or the SHA-256 of an artifact")
    .addOption(new Option("--json", "print how many approvals were taken back"))
    .addHelpText(
      "after",
      `
A running server unloads the plugin at once. To stop one that ships with NovyWave, disable it instead.

Examples:
  novywave plugins revoke acme.linter
  novywave plugins revoke 3f1c…   (all 64 digits of a SHA-256)`,
    )
    .action(async (id: string, { json }: { json?: true }) => {
      const grants = await openGrants(folders);
      let revoked = 0;
      try {
        if (/^[0-9a-f]{64}$/u.test(id)) revoked = await grants.revoke({ sha256: id });
        else {
          revoked = await grants.revoke({ pluginId: id });
          if (revoked === 0) revoked = await grants.revoke({ pluginId: `novywave.${id}` });
        }
      } catch (error) {
        throw await grantFailure(error);
      }
      if (revoked === 0) throw new CommandFailure("not-granted", `Nothing was ever approved for "${id}".`);
      if (json) printJson({ id, revoked });
      else print(`${revoked === 1 ? "One approval was" : `${revoked} approvals were`} taken back for ${id}`);
    });
}

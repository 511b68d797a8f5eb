import { Command, Option } from "commander";
import type { CommandContext } from "../../command-context.js";
import { openGrants } from "../../open-grants.js";
import { formatSize, print, printJson } from "../../output.js";

/** `plugins cache clear` */
export function cacheCommand({ folders }: CommandContext): Command {
  const clear = new Command("clear")
    .description("Remove the bytes of approved artifacts that no workspace can run any more.")
    .addOption(new Option("--json", "print what was removed as JSON"))
    .addHelpText(
      "after",
      `
The bytes of what you approved are kept, so that an approved build runs on when a newer one has taken its place. Unused
are those that were revoked, and those whose place has been approved with newer bytes since.

Example:
  novywave plugins cache clear`,
    )
    .action(async ({ json }: { json?: true }) => {
      const { ApprovedArtifacts } = await import("@novywave/plugin-host");
      const kept = new ApprovedArtifacts(folders.cache);
      const grants = await openGrants(folders);
      const running = [...(await kept.inForce())].filter((sha256) => grants.get(sha256) !== undefined);
      const removed = await kept.clear(new Set([...grants.newest(), ...running]));
      const left = await kept.list();
      if (json) {
        printJson({ folder: kept.folder, removed, kept: left });
        return;
      }
      const bytes = removed.reduce((sum, { size }) => sum + size, 0);
      print(
        removed.length === 0
          ? `Nothing to remove; ${left.length} in use in ${kept.folder}`
          : `Removed ${removed.length}, ${formatSize(bytes)}; ${left.length} in use in ${kept.folder}`,
      );
    });
  return new Command("cache").description("What is kept of approved artifacts.").addCommand(clear);
}

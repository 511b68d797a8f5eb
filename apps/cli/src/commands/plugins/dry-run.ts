import { Command, Option } from "commander";
import { pluginFailure } from "../../artifact-argument.js";
import type { CommandContext } from "../../command-context.js";
import { describeNeeds } from "../../describe-needs.js";
import { exitCodes } from "../../exit.js";
import { openGrants } from "../../open-grants.js";
import { print, printJson, safeText } from "../../output.js";
import { weighEntry } from "../../weigh-entry.js";
import { findEntry, loadWorkspaceConfig, unknownPlugin } from "../../workspace-config.js";
import { workspaceFolder, workspaceOption } from "../../workspace-option.js";

interface Flags {
  readonly workspace: string;
  readonly json?: true;
}

/** `plugins dry-run ID` */
export function dryRunCommand({ folders }: CommandContext): Command {
  return new Command("dry-run")
    .description("Show whether a plugin would start: metadata, WIT compatibility, grants. Runs none of it.")
    .argument("<id>", "the plugin's id; `hello_world` stands for `novywave.hello_world`")
    .addOption(workspaceOption())
    .addOption(new Option("--json", "print the outcome as JSON"))
    .addHelpText(
      "after",
      "\nExits with 0 if it would start, 3 if it is incompatible, 4 if it needs your consent.",
    )
    .action(async (id: string, flags: Flags) => {
      const workspace = await workspaceFolder(flags.workspace);
      const { entries } = (await loadWorkspaceConfig(workspace)).loaded.config.plugins;
      const found = findEntry(entries, id);
      if (found === undefined) throw unknownPlugin(id, entries);
      const weighed = await weighEntry(found.entry, workspace, await openGrants(folders));
      if (weighed.kind === "failed") throw pluginFailure(weighed.failure);
      const { inspected, artifact, shipped, needs } = weighed;
      const { manifest, world } = inspected;
      if (needs !== undefined) process.exitCode = exitCodes.consentNeeded;
      if (flags.json) {
        printJson({
          id: found.entry.id,
          enabled: found.entry.enabled,
          compatible: true,
          granted: needs === undefined,
          shipped,
          world,
          version: manifest.version,
          sha256: artifact.sha256,
          manifest,
          needs: needs ?? null,
        });
        return;
      }
      print(
        safeText(
          `${found.entry.id} ${manifest.version}: a component of the ${world} world, compatible with this host`,
        ),
      );
      if (needs === undefined)
        print(shipped ? "It ships with NovyWave and would start." : "It is approved and would start.");
      else
        print(
          safeText(
            [
              needs.artifact ? "It was never approved. It asks for:" : "It asks for what was not approved:",
              ...describeNeeds(needs, inspected).map((line) => `  ${line}`),
              `Approve it with: novywave plugins grant ${found.entry.id}`,
            ].join("\n"),
          ),
        );
    });
}

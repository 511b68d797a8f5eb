import { Command, Option } from "commander";
import { artifactArgument, pluginFailure } from "../../artifact-argument.js";
import type { CommandContext } from "../../command-context.js";
import { describeNeeds } from "../../describe-needs.js";
import { exitCodes } from "../../exit.js";
import { openGrants } from "../../open-grants.js";
import { print, printJson, safeText } from "../../output.js";
import { weighEntry, type WeighedEntry } from "../../weigh-entry.js";
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
      const weighed = await weighEntry(found.entry, workspace, await openGrants(folders), folders);
      if (weighed.kind === "failed") throw pluginFailure(weighed.failure);
      const { inspectArtifact } = await import("@novywave/plugin-host");
      const inspected = inspectArtifact(await artifactArgument(found.entry.id, workspace));
      if (!inspected.ok) throw pluginFailure(inspected.error);
      const { manifest, world } = inspected.value;
      const { facts, shipped } = weighed;
      if (weighed.kind === "needs-consent") process.exitCode = exitCodes.consentNeeded;
      if (flags.json) {
        printJson({
          id: found.entry.id,
          enabled: found.entry.enabled,
          compatible: true,
          granted: weighed.kind === "granted",
          shipped,
          world,
          version: facts.version,
          sha256: facts.sha256,
          manifest,
          needs: weighed.kind === "granted" ? null : needsReport(weighed),
        });
        return;
      }
      print(
        safeText(
          `${found.entry.id} ${facts.version}: a component of the ${world} world, compatible with this host.`,
        ),
      );
      if (weighed.kind === "granted")
        print(shipped ? "It ships with NovyWave and would start." : "It is approved and would start.");
      else
        print(
          safeText(
            [
              `It would not start: you have not approved ${weighed.known ? "all that it asks for" : "this artifact"}.`,
              ...describeNeeds(weighed.requests),
              `Approve it with: novywave plugins grant ${found.entry.id}`,
            ].join("\n"),
          ),
        );
      if (!found.entry.enabled) print("It is disabled in .novywave.");
    });
}

/** What scripts rely on. */
function needsReport({ known, approval }: Extract<WeighedEntry, { kind: "needs-consent" }>): object {
  const { capabilities, folders, limits } = approval;
  return { artifact: !known, capabilities, folders, limits };
}

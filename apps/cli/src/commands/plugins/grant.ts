import { Command, Option } from "commander";
import { pluginFailure } from "../../artifact-argument.js";
import type { CommandContext } from "../../command-context.js";
import { confirm } from "../../confirm.js";
import { describeNeeds } from "../../describe-needs.js";
import { CommandFailure, exitCodes } from "../../exit.js";
import { grantFailure, openGrants } from "../../open-grants.js";
import { columns, note, print, printJson, safeText } from "../../output.js";
import { weighEntry, type WeighedEntry } from "../../weigh-entry.js";
import { findEntry, loadWorkspaceConfig, unknownPlugin } from "../../workspace-config.js";
import { workspaceFolder, workspaceOption } from "../../workspace-option.js";

interface Flags {
  readonly workspace: string;
  readonly yes?: true;
  readonly allowRoot?: true;
  readonly json?: true;
}

/** `plugins grant ID` */
export function grantCommand({ folders }: CommandContext): Command {
  return new Command("grant")
    .description("Approve a plugin's artifact, by its hash, with all that it asks for.")
    .argument("<id>", "the plugin's id; `hello_world` stands for `novywave.hello_world`")
    .addOption(workspaceOption())
    .addOption(new Option("-y, --yes", "do not ask"))
    .addOption(new Option("--allow-root", "allow the folder / as well"))
    .addOption(new Option("--json", "print what was granted as JSON; needs --yes"))
    .addHelpText(
      "after",
      `
Shows what the artifact asks for, what of that is new where an earlier build was approved, and asks you. Approvals are kept
in your own configuration folder, never in the workspace. A running server picks them up.

Examples:
  novywave plugins grant acme.linter
  novywave plugins grant acme.linter --yes --json   in a script, once you have read the dry run`,
    )
    .action(async (id: string, flags: Flags) => {
      const workspace = await workspaceFolder(flags.workspace);
      const { entries } = (await loadWorkspaceConfig(workspace)).loaded.config.plugins;
      const found = findEntry(entries, id);
      if (found === undefined) throw unknownPlugin(id, entries);
      const pluginId = found.entry.id;
      const grants = await openGrants(folders);
      const weighed = await weighEntry(found.entry, workspace, grants, folders);
      if (weighed.kind === "failed") throw pluginFailure(weighed.failure);
      const { sha256 } = weighed.facts;
      if (weighed.kind === "granted") {
        if (flags.json) printJson({ id: pluginId, sha256, changed: false });
        else
          print(
            weighed.shipped
              ? `${pluginId} ships with NovyWave and asks for nothing that needs your approval.`
              : `${pluginId} is approved already, with all that it asks for.`,
          );
        return;
      }
      await agree(pluginId, weighed, flags);
      try {
        await grants.grant(weighed.approval, { by: "command", allowRoot: flags.allowRoot === true });
      } catch (error) {
        throw await grantFailure(error);
      }
      // Once more, now that it is approved: its bytes are kept, in case the file is replaced before it ever ran.
      await weighEntry(found.entry, workspace, grants, folders, { keep: true });
      if (flags.json) printJson({ id: pluginId, ...weighed.approval, changed: true, file: grants.file });
      else
        print(
          safeText(
            `${pluginId} is approved; ${grants.file} says so. Take it back with: novywave plugins revoke ${pluginId}`,
          ),
        );
    });
}

/** Shows what would be approved, and asks unless `--yes` was given. */
async function agree(
  id: string,
  weighed: Extract<WeighedEntry, { kind: "needs-consent" }>,
  flags: Flags,
): Promise<void> {
  const { facts, path, requests } = weighed;
  const lines = describeNeeds(requests);
  note(
    safeText(
      [
        columns([
          ["Plugin:", `${id} ${facts.version}`],
          ["About:", facts.description],
          ["Artifact:", path],
          ["SHA-256:", facts.sha256],
          ...(weighed.inForce === undefined
            ? []
            : [["Runs on:", `the approved build ${weighed.inForce.version}, ${weighed.inForce.sha256}`]]),
        ]),
        ...(lines.length === 0 ? ["It asks for nothing beyond being run."] : lines),
      ].join("\n"),
    ),
  );
  if (flags.yes) return;
  if (!process.stdin.isTTY || flags.json)
    throw new CommandFailure(
      "consent-needed",
      "Nothing was approved: nobody can be asked here. Give --yes if you agree to all of this.",
      exitCodes.consentNeeded,
    );
  if (await confirm("Approve all of this?")) return;
  throw new CommandFailure("consent-needed", "Nothing was approved.", exitCodes.consentNeeded);
}

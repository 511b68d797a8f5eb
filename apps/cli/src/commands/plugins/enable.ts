import { formatConfigError } from "@novywave/config";
import { Command, Option } from "commander";
import type { CommandContext } from "../../command-context.js";
import { CommandFailure } from "../../exit.js";
import { print, printJson, safeText } from "../../output.js";
import { runningPlugin, settledPlugin, withServer } from "../../running-server.js";
import { findEntry, loadWorkspaceConfig, unknownPlugin } from "../../workspace-config.js";
import { workspaceFolder, workspaceOption } from "../../workspace-option.js";

interface Flags {
  readonly workspace: string;
  readonly json?: true;
}

interface Outcome {
  readonly id: string;
  readonly changed: boolean;
  /** How the plugin is now; only from a server. */
  readonly state?: string;
  readonly message?: string;
}

/** `plugins enable ID` */
export function enableCommand(context: CommandContext): Command {
  return switchCommand("enable", true, "Switch a plugin on in the workspace's .novywave.", context);
}

/** `plugins disable ID` */
export function disableCommand(context: CommandContext): Command {
  const description = "Switch a plugin off: it is unloaded, and all it holds is released.";
  return switchCommand("disable", false, description, context);
}

function switchCommand(
  name: string,
  enabled: boolean,
  description: string,
  { folders }: CommandContext,
): Command {
  return new Command(name)
    .description(description)
    .argument("<id>", "the plugin's id; `hello_world` stands for `novywave.hello_world`")
    .addOption(workspaceOption())
    .addOption(new Option("--json", "print the outcome as JSON"))
    .addHelpText(
      "after",
      `
Only that one value changes in the file. A running server does it, and says how the plugin is then.

Example:
  novywave plugins ${name} hello_world`,
    )
    .action(async (id: string, flags: Flags) => {
      const workspace = await workspaceFolder(flags.workspace);
      const outcome =
        (await withServer(workspace, folders, async (client): Promise<Outcome> => {
          const plugin = await runningPlugin(client, id);
          if (plugin.enabled === enabled) return { id: plugin.id, changed: false, state: plugin.state };
          const answer = await client.request("plugin.setEnabled", { id: plugin.id, enabled });
          if (!answer.ok) throw new CommandFailure(answer.error.code, answer.error.message);
          const now = await settledPlugin(client, plugin.id, (status) => status.enabled === enabled);
          return { id: plugin.id, changed: true, state: now.state, message: now.message };
        })) ?? (await switchInFile(id, enabled, workspace));
      const state = enabled ? "enabled" : "disabled";
      const file = `${workspace}/.novywave`;
      if (flags.json) printJson({ enabled, ...outcome, file });
      else if (!outcome.changed) print(`${outcome.id} is ${state} already`);
      else {
        print(`${outcome.id} is now ${state} in ${file}`);
        if (outcome.message !== undefined) print(safeText(`${outcome.state}: ${outcome.message}`));
      }
    });
}

async function switchInFile(id: string, enabled: boolean, workspace: string): Promise<Outcome> {
  const { file, loaded } = await loadWorkspaceConfig(workspace);
  const found = findEntry(loaded.config.plugins.entries, id);
  if (found === undefined) throw unknownPlugin(id, loaded.config.plugins.entries);
  const pluginId = found.entry.id;
  if (found.entry.enabled === enabled) return { id: pluginId, changed: false };
  const applied = await file.apply((current) => {
    // Somebody may have edited the file meanwhile.
    const now = findEntry(current.config.plugins.entries, pluginId);
    return now === undefined ? [] : [{ path: ["plugins", "entries", now.index, "enabled"], value: enabled }];
  });
  if (!applied.ok) throw new CommandFailure(applied.error.code, formatConfigError(applied.error, file.path));
  return { id: pluginId, changed: true };
}

import { formatConfigError } from "@novywave/config";
import { Command, Option } from "commander";
import { CommandFailure } from "../../exit.js";
import { print, printJson } from "../../output.js";
import { findEntry, loadWorkspaceConfig, unknownPlugin } from "../../workspace-config.js";
import { workspaceFolder, workspaceOption } from "../../workspace-option.js";

interface Flags {
  readonly workspace: string;
  readonly json?: true;
}

/** `plugins enable ID` */
export function enableCommand(): Command {
  return switchCommand("enable", true, "Switch a plugin on in the workspace's .novywave.");
}

/** `plugins disable ID` */
export function disableCommand(): Command {
  return switchCommand(
    "disable",
    false,
    "Switch a plugin off: it is unloaded, and all it holds is released.",
  );
}

function switchCommand(name: string, enabled: boolean, description: string): Command {
  return new Command(name)
    .description(description)
    .argument("<id>", "the plugin's id; `hello_world` stands for `novywave.hello_world`")
    .addOption(workspaceOption())
    .addOption(new Option("--json", "print the outcome as JSON"))
    .addHelpText("after", "\nOnly that one value changes in the file. A running server picks it up at once.")
    .action((id: string, flags: Flags) => setEnabled(id, enabled, flags));
}

async function setEnabled(id: string, enabled: boolean, flags: Flags): Promise<void> {
  const { file, loaded } = await loadWorkspaceConfig(await workspaceFolder(flags.workspace));
  const found = findEntry(loaded.config.plugins.entries, id);
  if (found === undefined) throw unknownPlugin(id, loaded.config.plugins.entries);
  const pluginId = found.entry.id;
  const changed = found.entry.enabled !== enabled;
  if (changed) {
    const applied = await file.apply((current) => {
      // Somebody may have edited the file meanwhile.
      const now = findEntry(current.config.plugins.entries, pluginId);
      return now === undefined
        ? []
        : [{ path: ["plugins", "entries", now.index, "enabled"], value: enabled }];
    });
    if (!applied.ok)
      throw new CommandFailure(applied.error.code, formatConfigError(applied.error, file.path));
  }
  const state = enabled ? "enabled" : "disabled";
  if (flags.json) printJson({ id: pluginId, enabled, changed, file: file.path });
  else print(changed ? `${pluginId} is now ${state} in ${file.path}` : `${pluginId} is ${state} already`);
}

import { formatConfigError } from "@novywave/config";
import { Command, Option } from "commander";
import { CommandFailure } from "../../exit.js";
import { note, print, printJson, safeText } from "../../output.js";
import { findEntry, loadWorkspaceConfig, unknownPlugin } from "../../workspace-config.js";
import { workspaceFolder, workspaceOption } from "../../workspace-option.js";

interface Flags {
  readonly workspace: string;
  readonly json?: true;
}

/** `plugins remove ID` */
export function removeCommand(): Command {
  return new Command("remove")
    .description("Remove a plugin's entry from the workspace's .novywave.")
    .argument("<id>", "the plugin's id; `hello_world` stands for `novywave.hello_world`")
    .addOption(workspaceOption())
    .addOption(new Option("--json", "print what was removed as JSON"))
    .addHelpText(
      "after",
      `
The artifact stays where it is, and so do your approvals (novywave plugins revoke ID takes them back). A running server
unloads the plugin at once.

Example:
  novywave plugins remove acme.linter`,
    )
    .action(async (named: string, flags: Flags) => {
      const workspace = await workspaceFolder(flags.workspace);
      const { file, loaded } = await loadWorkspaceConfig(workspace);
      const found = findEntry(loaded.config.plugins.entries, named);
      if (found === undefined) throw unknownPlugin(named, loaded.config.plugins.entries);
      const { id, artifactPath } = found.entry;
      const applied = await file.apply((current) => {
        // Somebody may have edited the file meanwhile.
        const now = findEntry(current.config.plugins.entries, id);
        return now === undefined ? [] : [{ path: ["plugins", "entries", now.index], remove: true }];
      });
      if (!applied.ok)
        throw new CommandFailure(applied.error.code, formatConfigError(applied.error, file.path));
      if (flags.json) {
        printJson({ id, artifactPath, file: file.path });
        return;
      }
      print(safeText(`${id} is no longer in ${file.path}`));
      if (!artifactPath.startsWith("builtin:")) note(safeText(`Its artifact stays: ${artifactPath}`));
    });
}

import { assertNever } from "@novywave/base";
import type { PluginState } from "@novywave/protocol";
import { Command, Option } from "commander";
import type { CommandContext } from "../../command-context.js";
import { CommandFailure, exitCodes, type ExitCode } from "../../exit.js";
import { print, printJson, safeText } from "../../output.js";
import { requireServer, runningPlugin, settledPlugin } from "../../running-server.js";
import { workspaceFolder, workspaceOption } from "../../workspace-option.js";

interface Flags {
  readonly workspace: string;
  readonly json?: true;
}

/** `plugins retry ID` */
export function retryCommand({ folders }: CommandContext): Command {
  return new Command("retry")
    .description("Try to start a plugin again now, also out of backoff and quarantine.")
    .argument("<id>", "the plugin's id; `hello_world` stands for `novywave.hello_world`")
    .addOption(workspaceOption())
    .addOption(new Option("--json", "print how the plugin is then as JSON"))
    .addHelpText(
      "after",
      `
Needs the server that runs for the workspace. Exits with 0 if the plugin is ready then, 3 if it is incompatible, 4 if it
needs your consent.

Example:
  novywave plugins retry acme.linter`,
    )
    .action(async (named: string, flags: Flags) => {
      const workspace = await workspaceFolder(flags.workspace);
      const plugin = await requireServer(workspace, folders, async (client) => {
        const before = await runningPlugin(client, named);
        const { id } = before;
        const answer = await client.request("plugin.retry", { id });
        if (!answer.ok) throw new CommandFailure(answer.error.code, answer.error.message);
        // What is ready and unchanged stays as it is; anything else goes through `loading`, and is then of a later time.
        return settledPlugin(client, id, ({ since }) => before.state === "ready" || since !== before.since);
      });
      process.exitCode = exitCodeOf(plugin.state);
      const { id, state, message, action } = plugin;
      if (flags.json) printJson({ id, state, message, ...(action !== undefined && { action }) });
      else
        print(
          safeText([`${id}: ${state}: ${message}`, ...(action === undefined ? [] : [action])].join("\n")),
        );
    });
}

function exitCodeOf(state: PluginState): ExitCode {
  switch (state) {
    case "ready":
    case "loading":
    case "reloading":
      return exitCodes.ok;
    case "needs-consent":
      return exitCodes.consentNeeded;
    case "incompatible":
      return exitCodes.incompatible;
    case "disabled":
    case "backoff":
    case "quarantined":
    case "error":
      return exitCodes.failed;
    default:
      return assertNever(state);
  }
}

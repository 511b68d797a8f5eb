import { Command } from "commander";
import type { CommandContext } from "../command-context.js";
import { buildCommand, checkCommand } from "./plugins/build.js";
import { describeCommand } from "./plugins/describe.js";
import { dryRunCommand } from "./plugins/dry-run.js";
import { disableCommand, enableCommand } from "./plugins/enable.js";
import { grantCommand } from "./plugins/grant.js";
import { listCommand } from "./plugins/list.js";
import { revokeCommand } from "./plugins/revoke.js";
import { smokeCommand } from "./plugins/smoke.js";

/** `plugins …` */
export function pluginsCommand(context: CommandContext): Command {
  const plugins = new Command("plugins").description("See, switch, allow and build plugins.");
  for (const command of [
    listCommand(context),
    describeCommand(),
    dryRunCommand(context),
    smokeCommand(),
    enableCommand(),
    disableCommand(),
    grantCommand(context),
    revokeCommand(context),
    buildCommand(),
    checkCommand(),
  ])
    plugins.addCommand(command);
  return plugins;
}

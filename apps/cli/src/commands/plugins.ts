import { Command } from "commander";
import type { CommandContext } from "../command-context.js";
import { addCommand } from "./plugins/add.js";
import { buildCommand } from "./plugins/build.js";
import { cacheCommand } from "./plugins/cache.js";
import { checkCommand } from "./plugins/check.js";
import { describeCommand } from "./plugins/describe.js";
import { dryRunCommand } from "./plugins/dry-run.js";
import { disableCommand, enableCommand } from "./plugins/enable.js";
import { grantCommand } from "./plugins/grant.js";
import { listCommand } from "./plugins/list.js";
import { logsCommand } from "./plugins/logs.js";
import { newCommand } from "./plugins/new.js";
import { removeCommand } from "./plugins/remove.js";
import { retryCommand } from "./plugins/retry.js";
import { revokeCommand } from "./plugins/revoke.js";
import { smokeCommand } from "./plugins/smoke.js";
import { statsCommand } from "./plugins/stats.js";
import { testCommand } from "./plugins/test.js";
import { watchCommand } from "./plugins/watch.js";

/** `plugins …` */
export function pluginsCommand(context: CommandContext): Command {
  const plugins = new Command("plugins").description("See, switch, allow and build plugins.").addHelpText(
    "after",
    `
A stranger's plugin, step by step:
  novywave plugins dry-run linter.wasm     what it is and what it asks for; runs none of it
  novywave plugins add linter.wasm         an entry in .novywave; it waits for your consent
  novywave plugins grant acme.linter       approve exactly these bytes, with what they ask for

One of your own:
  novywave plugins new acme.linter         a folder to begin with
  novywave plugins watch                   builds it whenever its source changes
  novywave plugins test`,
  );
  for (const command of [
    listCommand(context),
    describeCommand(),
    dryRunCommand(context),
    checkCommand(context),
    smokeCommand(),
    enableCommand(context),
    disableCommand(context),
    addCommand(context),
    removeCommand(),
    grantCommand(context),
    revokeCommand(context),
    retryCommand(context),
    logsCommand(context),
    statsCommand(context),
    cacheCommand(context),
    newCommand(),
    buildCommand(context),
    watchCommand(context),
    testCommand(),
  ])
    plugins.addCommand(command);
  return plugins;
}

import { Command } from "commander";
import type { CommandContext } from "../command-context.js";
import { buildCommand, checkCommand } from "./plugins/build.js";
import { describeCommand } from "./plugins/describe.js";
import { disableCommand, enableCommand } from "./plugins/enable.js";
import { smokeCommand } from "./plugins/smoke.js";

/** `plugins …` */
export function pluginsCommand(_context: CommandContext): Command {
  const plugins = new Command("plugins").description("See, build, allow and switch plugins.");
  plugins.addCommand(describeCommand());
  plugins.addCommand(smokeCommand());
  plugins.addCommand(enableCommand());
  plugins.addCommand(disableCommand());
  plugins.addCommand(buildCommand());
  plugins.addCommand(checkCommand());
  return plugins;
}

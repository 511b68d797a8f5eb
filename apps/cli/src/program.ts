import { Command } from "commander";
import type { CommandContext } from "./command-context.js";
import { diffCommand } from "./commands/diff.js";
import { doctorCommand } from "./commands/doctor.js";
import { exportCommand } from "./commands/export.js";
import { inspectCommand } from "./commands/inspect.js";
import { pluginsCommand } from "./commands/plugins.js";
import { statsCommand } from "./commands/stats.js";
import { serveCommand } from "./commands/serve.js";
import { programVersion } from "./installation.js";
import { addSynonyms, pluginSynonyms, programSynonyms } from "./synonyms.js";

/** The command line. Wrong arguments throw a `CommanderError`, after they were explained on stderr. */
export function createProgram(context: CommandContext): Command {
  const program = new Command("novywave")
    .description("A waveform viewer whose features are sandboxed WebAssembly plugins.")
    .version(programVersion())
    .showHelpAfterError("Run the command with --help to see how it is used.")
    .addHelpText(
      "after",
      `
Examples:
  novywave serve simulation/          open every waveform in a folder
  novywave inspect run.vcd            what a file holds
  novywave diff before.fst after.fst  where two runs differ
  novywave plugins list               which plugins are set up, and how they are

Exit codes: 0 ok, 1 failed, 2 wrong usage, 3 incompatible, 4 consent needed.`,
    );
  program.addCommand(serveCommand(context));
  program.addCommand(inspectCommand());
  program.addCommand(exportCommand());
  program.addCommand(diffCommand());
  program.addCommand(statsCommand());
  const plugins = pluginsCommand(context);
  program.addCommand(plugins);
  program.addCommand(doctorCommand(context));
  const ofPlugins = plugins.commands.map((command) => [command.name(), `plugins ${command.name()}`]);
  addSynonyms(program, { ...Object.fromEntries(ofPlugins), ...programSynonyms });
  addSynonyms(plugins, pluginSynonyms);
  throwInsteadOfExit(program);
  return program;
}

/** Subcommands do not inherit these. */
function throwInsteadOfExit(command: Command): void {
  command.exitOverride();
  for (const child of command.commands) throwInsteadOfExit(child.copyInheritedSettings(command));
}

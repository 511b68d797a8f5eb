import { relative } from "node:path";
import type { buildAll, buildPlugin } from "@novywave/plugin-sdk";
import { Argument, Command, Option } from "commander";
import { CommandFailure } from "../../exit.js";
import { installationRoot } from "../../installation.js";
import { interruptible } from "../../interruptible.js";
import { formatSize, note, print, printJson } from "../../output.js";
import { pluginFolder } from "../../plugin-folder.js";

type BuiltPlugins = Awaited<ReturnType<typeof buildAll | typeof buildPlugin>>;

interface BuildFlags {
  readonly all?: true;
  readonly check?: true;
  readonly json?: true;
}

/** `plugins build [ID] [--all] [--check]` */
export function buildCommand(): Command {
  return new Command("build")
    .description("Build a plugin into a WebAssembly component.")
    .addArgument(
      new Argument("[id]", "a plugin's id or folder; without it, the nearest Plugin.toml upward counts"),
    )
    .addOption(new Option("--all", "build every plugin that ships with the program"))
    .addOption(new Option("--check", "show that it builds, write nothing"))
    .addOption(new Option("--json", "print a JSON report"))
    .addHelpText(
      "after",
      "\nIn a plugins/ tree the artifact goes to plugins/dist/, elsewhere to dist/ beside Plugin.toml. Nothing has to be installed in the plugin's folder.",
    )
    .action((id: string | undefined, flags: BuildFlags) => runBuild(id, flags));
}

/** `plugins check [ID]`: the same as `plugins build --check`. */
export function checkCommand(): Command {
  return new Command("check")
    .description("Show that a plugin builds, write nothing.")
    .addArgument(
      new Argument("[id]", "a plugin's id or folder; without it, the nearest Plugin.toml upward counts"),
    )
    .addOption(new Option("--all", "check every plugin that ships with the program"))
    .addOption(new Option("--json", "print a JSON report"))
    .action((id: string | undefined, flags: BuildFlags) => runBuild(id, { ...flags, check: true }));
}

async function runBuild(id: string | undefined, flags: BuildFlags): Promise<void> {
  // The build tools are large; no other command needs them.
  const sdk = await import("@novywave/plugin-sdk");
  if (flags.all && id !== undefined) throw new CommandFailure("usage", "Give an id or --all, not both.", 2);
  const check = flags.check === true;
  const folder = flags.all ? installationRoot : await pluginFolder(id);
  const built = await interruptible<BuiltPlugins>((signal) =>
    flags.all
      ? sdk.buildAll({ root: folder, check, signal, onProgress: note })
      : sdk.buildPlugin({ folder, check, signal }),
  );
  if (!built.ok) throw new CommandFailure(built.error.code, sdk.formatBuildError(built.error));
  const reports = Array.isArray(built.value) ? built.value : [built.value];
  if (flags.json) printJson(reports);
  else if (!flags.all)
    for (const report of reports)
      print(
        `${report.id} ${report.version}: ${formatSize(report.size)}, ${
          report.written
            ? `written to ${relative(process.cwd(), report.file)}`
            : "builds; nothing was written"
        }\nsha256 ${report.sha256}`,
      );
}

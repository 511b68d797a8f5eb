import { relative } from "node:path";
import type { BuildReport } from "@novywave/plugin-sdk";
import { Argument, Command, Option } from "commander";
import { approveBuild, describeConsent, type BuildConsent } from "../../approve-build.js";
import type { CommandContext } from "../../command-context.js";
import { CommandFailure } from "../../exit.js";
import { installationRoot } from "../../installation.js";
import { interruptible } from "../../interruptible.js";
import { formatSize, note, print, printJson, safeText } from "../../output.js";
import { pluginFolder } from "../../plugin-folder.js";
import type { UserFolders } from "../../user-folders.js";

interface BuildFlags {
  readonly all?: true;
  readonly check?: true;
  readonly json?: true;
}

/** `plugins build [ID] [--all] [--check]` */
export function buildCommand({ folders }: CommandContext): Command {
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
      `
In a plugins/ tree the artifact goes to plugins/dist/, elsewhere to dist/ beside Plugin.toml. Nothing has to be installed
in the plugin's folder. Your own build may do at once what you approved for the build before.

Examples:
  novywave plugins build                  the plugin in this folder
  novywave plugins build --all --check    show that everything still builds`,
    )
    .action((id: string | undefined, flags: BuildFlags) => build(id, flags, folders));
}

async function build(id: string | undefined, flags: BuildFlags, folders: UserFolders): Promise<void> {
  // The build tools are large; no other command needs them.
  const sdk = await import("@novywave/plugin-sdk");
  if (flags.all && id !== undefined) throw new CommandFailure("usage", "Give an id or --all, not both.", 2);
  const check = flags.check === true;
  const folder = flags.all ? installationRoot : await pluginFolder(id);
  let consent: BuildConsent | undefined;
  const beforeWrite = async (report: BuildReport, component: Uint8Array): Promise<void> => {
    consent = await approveBuild(report, component, folders);
  };
  const built = await interruptible<Awaited<ReturnType<typeof sdk.buildAll | typeof sdk.buildPlugin>>>(
    (signal) =>
      flags.all
        ? sdk.buildAll({ root: folder, check, signal, onProgress: note })
        : sdk.buildPlugin({ folder, check, signal, beforeWrite }),
  );
  if (!built.ok) throw new CommandFailure(built.error.code, sdk.formatBuildError(built.error));
  const reports = Array.isArray(built.value) ? built.value : [built.value];
  if (flags.json) printJson(reports.map((report) => ({ ...report, ...(consent && { consent }) })));
  else if (!flags.all) for (const report of reports) tell(report, consent);
}

function tell(report: BuildReport, consent: BuildConsent | undefined): void {
  const { id, version, size, written, file, sha256 } = report;
  const where = written ? `written to ${relative(process.cwd(), file)}` : "builds; nothing was written";
  print(`${id} ${version}: ${formatSize(size)}, ${where}\nsha256 ${sha256}`);
  const told = consent && describeConsent(consent, id);
  if (told !== undefined) note(safeText(told));
}

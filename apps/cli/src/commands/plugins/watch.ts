import type { BuildError, BuildReport } from "@novywave/plugin-sdk";
import { Argument, Command, Option } from "commander";
import { approveBuild, describeBuild, describeConsent, type BuildConsent } from "../../approve-build.js";
import type { CommandContext } from "../../command-context.js";
import { CommandFailure } from "../../exit.js";
import { interruptible } from "../../interruptible.js";
import { note, print, safeText } from "../../output.js";
import { pluginFolder } from "../../plugin-folder.js";
import type { UserFolders } from "../../user-folders.js";

interface Flags {
  readonly json?: true;
}

/** `plugins watch [ID]` */
export function watchCommand({ folders }: CommandContext): Command {
  return new Command("watch")
    .description("Build a plugin, and again whenever its source changes, until Ctrl-C.")
    .addArgument(
      new Argument("[id]", "a plugin's id or folder; without it, the nearest Plugin.toml upward counts"),
    )
    .addOption(new Option("--json", "print one JSON object a line for each build"))
    .addHelpText(
      "after",
      `
A server that runs the plugin picks each build up by itself, and asks for your consent only where a build wants more than
the one before. A build that fails is told; the last good one stays.

Example:
  novywave plugins watch plugins/linter`,
    )
    .action(async (id: string | undefined, flags: Flags) => {
      const folder = await pluginFolder(id);
      await interruptible((signal) => watch(folder, flags, folders, signal));
    });
}

async function watch(folder: string, flags: Flags, folders: UserFolders, signal: AbortSignal): Promise<void> {
  const sdk = await import("@novywave/plugin-sdk");
  const manifest = await sdk.findManifest(folder).catch((error: unknown) => {
    throw new CommandFailure("manifest-missing", error instanceof Error ? error.message : String(error));
  });
  let changed = true;
  let wake: (() => void) | undefined;
  const watching = await sdk.watchSources(manifest, () => {
    changed = true;
    wake?.();
  });
  signal.addEventListener("abort", () => wake?.(), { once: true });
  try {
    while (!signal.aborted) {
      if (changed) {
        changed = false;
        await buildOnce(folder, flags, folders, signal);
      } else {
        await new Promise<void>((resolve) => {
          wake = resolve;
          if (changed || signal.aborted) resolve();
        });
      }
    }
  } finally {
    await watching.close();
  }
}

async function buildOnce(
  folder: string,
  flags: Flags,
  folders: UserFolders,
  signal: AbortSignal,
): Promise<void> {
  const sdk = await import("@novywave/plugin-sdk");
  let consent: BuildConsent | undefined;
  const built = await sdk.buildPlugin({
    folder,
    signal,
    beforeWrite: async (report, component) => {
      consent = await approveBuild(report, component, folders);
    },
  });
  if (built.ok) tellBuilt(built.value, consent, flags);
  else if (!signal.aborted) tellFailed(built.error, sdk.formatBuildError(built.error), flags);
}

function tellBuilt(report: BuildReport, consent: BuildConsent | undefined, flags: Flags): void {
  if (flags.json) {
    print(JSON.stringify({ event: "built", ...report, ...(consent && { consent }) }));
    return;
  }
  print(describeBuild(report));
  const told = consent && describeConsent(consent, report.id);
  if (told !== undefined) note(safeText(told));
}

function tellFailed(error: BuildError, text: string, flags: Flags): void {
  if (flags.json) print(JSON.stringify({ event: "failed", error }));
  else note(safeText(text));
}

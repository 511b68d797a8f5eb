import { Command, Option } from "commander";
import { artifactArgument, artifactHelp } from "../../artifact-argument.js";
import type { CommandContext } from "../../command-context.js";
import { describeDryRun } from "../../dry-run/describe.js";
import { dryRun } from "../../dry-run/dry-run.js";
import type { DryRunReport } from "../../dry-run/report.js";
import { exitCodes, type ExitCode } from "../../exit.js";
import { openGrants } from "../../open-grants.js";
import { note, print, printJson, safeText } from "../../output.js";
import { findEntry, loadWorkspaceConfig } from "../../workspace-config.js";
import { workspaceFolder, workspaceOption } from "../../workspace-option.js";

interface Flags {
  readonly workspace: string;
  readonly json?: true;
}

/** `plugins dry-run ID|ARTIFACT` */
export function dryRunCommand({ folders }: CommandContext): Command {
  return new Command("dry-run")
    .description("Show whether a plugin would start, and all that it asks for. Executes none of it.")
    .argument("<plugin>", artifactHelp)
    .addOption(workspaceOption())
    .addOption(new Option("--json", "print the report as JSON"))
    .addHelpText(
      "after",
      `
Shows artifact, hash, world, each import against what this host offers, whether the manifest agrees, capabilities with
their reasons, folders, limits, what you approved, and how it differs from the build that you approved before.

Exits with 0 if it would start, 1 if it would fail, 3 if it is incompatible, 4 if it needs your consent.

Examples:
  novywave plugins dry-run waveform_scanner
  novywave plugins dry-run ~/Downloads/linter.wasm --json`,
    )
    .action(async (named: string, flags: Flags) => {
      const workspace = await workspaceFolder(flags.workspace);
      const artifact = await artifactArgument(named, workspace);
      const report = await dryRun({
        artifact,
        entry: await entryNamed(named, workspace),
        workspace,
        grants: await openGrants(folders),
        folders,
      });
      process.exitCode = exitCodeOf(report);
      if (flags.json) printJson(report);
      else print(safeText(describeDryRun(report)));
      const [problem] = report.problems;
      if (problem) note(safeText(`novywave: ${problem.message}`));
    });
}

/** A file or `builtin:<name>` is looked at as it is, whatever `.novywave` says. */
async function entryNamed(named: string, workspace: string) {
  if (named.startsWith("builtin:") || named.includes("/") || named.endsWith(".wasm")) return undefined;
  const { entries } = (await loadWorkspaceConfig(workspace)).loaded.config.plugins;
  return findEntry(entries, named)?.entry;
}

function exitCodeOf({ compatible, problems, requests }: DryRunReport): ExitCode {
  if (!compatible)
    return problems.some(({ code }) => code === "incompatible") ? exitCodes.incompatible : exitCodes.failed;
  if (problems.length > 0) return exitCodes.failed;
  return requests === null ? exitCodes.ok : exitCodes.consentNeeded;
}

import { realpath, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { LoadedConfig, PluginEntry } from "@novywave/config";
import { Argument, Command, Option } from "commander";
import { checkEntry, checkSourceAgainstEntry } from "../../check/check-entry.js";
import { checkSource, type CheckedSource } from "../../check/check-source.js";
import type { Finding } from "../../check/finding.js";
import type { CommandContext } from "../../command-context.js";
import { CommandFailure, exitCodes } from "../../exit.js";
import { installationRoot } from "../../installation.js";
import { interruptible } from "../../interruptible.js";
import { openGrants } from "../../open-grants.js";
import { print, printJson, safeText } from "../../output.js";
import { findPluginFolder } from "../../plugin-folder.js";
import { findEntry, loadWorkspaceConfig, unknownPlugin } from "../../workspace-config.js";
import { workspaceFolder } from "../../workspace-option.js";

interface Flags {
  readonly workspace?: string;
  readonly json?: true;
}

interface Report {
  readonly ok: boolean;
  readonly workspace: string;
  /** Ids of the plugins that were looked at. */
  readonly plugins: readonly string[];
  readonly findings: readonly Finding[];
}

/** `plugins check [ID]` (R3.4) */
export function checkCommand({ folders }: CommandContext): Command {
  return new Command("check")
    .description("Look for what would keep plugins from building and running. Runs and writes nothing.")
    .addArgument(
      new Argument(
        "[id]",
        "a plugin's id or folder; without it, the nearest Plugin.toml upward, else all entries of .novywave",
      ),
    )
    .addOption(
      new Option("-w, --workspace <folder>", "the folder whose .novywave is meant").default(
        undefined,
        "the nearest one upward",
      ),
    )
    .addOption(new Option("--json", "print {ok, workspace, plugins, findings} as JSON"))
    .addHelpText(
      "after",
      `
A plugin's source: whether it builds, whether Plugin.toml agrees with the code, whether the WIT beside it is the host's.
An entry of .novywave: whether its artifact exists, is a component that this host runs, and has the entry's id; whether
its config fits the plugin's schema. Each finding has a stable code and says what to do.

Exits with 0 if there are no errors (warnings are none), 3 if the only errors are incompatibilities.

Examples:
  novywave plugins check                       in a plugin's folder, or in a workspace
  novywave plugins check waveform_scanner --json`,
    )
    .action(async (named: string | undefined, flags: Flags) => {
      const report = await interruptible((signal) => check(named, flags, { folders }, signal));
      const errors = report.findings.filter(({ severity }) => severity === "error");
      if (errors.length > 0)
        process.exitCode = errors.every(({ code }) => code === "incompatible")
          ? exitCodes.incompatible
          : exitCodes.failed;
      if (flags.json) printJson(report);
      else print(safeText(describe(report)));
    });
}

async function check(
  named: string | undefined,
  flags: Flags,
  { folders }: Pick<CommandContext, "folders">,
  signal: AbortSignal,
): Promise<Report> {
  const folder = await findPluginFolder(named);
  const workspace =
    flags.workspace === undefined
      ? await nearestWorkspace(startOf(folder))
      : await workspaceFolder(flags.workspace);
  const configFile = join(workspace, ".novywave");
  const config = await readConfig(workspace);
  if (config instanceof CommandFailure)
    return { ok: false, workspace, plugins: [], findings: [invalid(config, configFile)] };
  const { entries } = config.config.plugins;
  const entry = named === undefined ? undefined : findEntry(entries, named)?.entry;
  if (named !== undefined && folder === undefined && entry === undefined) throw unknownPlugin(named, entries);
  const surroundings = { workspace, configFile, grants: await openGrants(folders), folders };
  const source = folder === undefined ? undefined : await checkSource(folder, signal);
  const meant = source === undefined && entry === undefined ? entries : entriesOf(source, entry, entries);
  const findings: Finding[] = [...(source?.findings ?? [])];
  for (const each of meant) findings.push(...(await checkEntry(each, surroundings)));
  const { manifest, artifact } = source ?? {};
  if (manifest && artifact !== undefined)
    for (const each of meant)
      findings.push(...(await checkSourceAgainstEntry(manifest, artifact, each, surroundings)));
  if (manifest && meant.length === 0 && config.state === "loaded")
    findings.push({
      code: "not-in-workspace",
      severity: "warning",
      plugin: manifest.id,
      message: `${configFile} has no entry for ${manifest.id}`,
      action: `Build it, then add what was built: novywave plugins add ${artifact}`,
      file: configFile,
    });
  return {
    ok: findings.every(({ severity }) => severity !== "error"),
    workspace,
    plugins: [...new Set([...(manifest ? [manifest.id] : []), ...meant.map(({ id }) => id)])],
    findings,
  };
}

/** What `.novywave` says, or why it says nothing. */
async function readConfig(workspace: string): Promise<LoadedConfig | CommandFailure> {
  try {
    return (await loadWorkspaceConfig(workspace)).loaded;
  } catch (error) {
    if (error instanceof CommandFailure && error.code === "config-invalid") return error;
    throw error;
  }
}

function invalid({ code, message }: CommandFailure, file: string): Finding {
  const action = "Correct the file; nothing else was looked at.";
  return { code, severity: "error", message, action, file };
}

/** The entries of a plugin's source, or the one that was named. */
function entriesOf(
  source: CheckedSource | undefined,
  entry: PluginEntry | undefined,
  entries: readonly PluginEntry[],
): readonly PluginEntry[] {
  if (entry) return [entry];
  const id = source?.manifest?.id;
  return entries.filter((each) => each.id === id);
}

/** A plugin that comes with the program is looked at for the workspace at hand, not for the program's own folder. */
function startOf(folder: string | undefined): string {
  const here = process.cwd();
  if (folder === undefined) return here;
  return folder.startsWith(installationRoot) && !here.startsWith(installationRoot) ? here : folder;
}

/** The nearest folder upward that has a `.novywave`; the folder itself where there is none. */
async function nearestWorkspace(folder: string): Promise<string> {
  const start = await realpath(folder);
  for (let at = start; ; at = dirname(at)) {
    if (await exists(join(at, ".novywave"))) return at;
    if (dirname(at) === at) return start;
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EACCES")
      throw new CommandFailure("not-readable", `${path} cannot be looked at.`);
    return false;
  }
}

function describe({ plugins, findings, workspace }: Report): string {
  const lines = findings.flatMap(({ code, severity, plugin, message, action, file, line }) => [
    `${severity} ${code}${plugin === undefined ? "" : ` ${plugin}`}: ${message}`,
    ...(file === undefined ? [] : [`  at ${file}${line === undefined ? "" : `:${line}`}`]),
    `  ${action}`,
  ]);
  const errors = findings.filter(({ severity }) => severity === "error").length;
  const looked = plugins.length === 0 ? `no plugins in ${workspace}` : plugins.join(", ");
  const summary =
    findings.length === 0
      ? `In order: ${looked}`
      : `${errors} error${errors === 1 ? "" : "s"}, ${findings.length - errors} warning${findings.length - errors === 1 ? "" : "s"}: ${looked}`;
  return [...lines, summary].join("\n");
}

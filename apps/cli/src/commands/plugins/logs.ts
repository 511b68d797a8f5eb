import { setTimeout } from "node:timers/promises";
import type { PluginLogRecord } from "@novywave/protocol";
import type { ServerClient } from "@novywave/server";
import { Command, Option } from "commander";
import type { CommandContext } from "../../command-context.js";
import { CommandFailure } from "../../exit.js";
import { interruptible } from "../../interruptible.js";
import { note, print, printJson, safeText } from "../../output.js";
import { runningPlugin, withServer } from "../../running-server.js";
import { findEntry, loadWorkspaceConfig, unknownPlugin } from "../../workspace-config.js";
import { workspaceFolder, workspaceOption } from "../../workspace-option.js";

interface Flags {
  readonly workspace: string;
  readonly follow?: true;
  readonly json?: true;
  readonly log?: string;
}

/** How often a log is looked at that is followed. */
const lookAgainMs = 250;

/** `plugins logs [ID] [--follow]` */
export function logsCommand({ folders }: CommandContext): Command {
  return new Command("logs")
    .description("Show what plugins logged, the last 500 lines of each.")
    .argument("[id]", "one plugin's id; without it, all plugins of the workspace")
    .addOption(workspaceOption())
    .addOption(new Option("-f, --follow", "go on with what is logged from now on, until Ctrl-C"))
    .addOption(new Option("--json", "print a JSON array; with --follow, one JSON object a line"))
    .addOption(new Option("--log <file>", "read what `serve --log FILE` wrote, and ask no server"))
    .addHelpText(
      "after",
      `
Asks the server that runs for the workspace; without one, reads what servers of it wrote into dev_server.log in your state
folder.

Examples:
  novywave plugins logs
  novywave plugins logs waveform_scanner --follow`,
    )
    .action(async (named: string | undefined, flags: Flags) => {
      const workspace = await workspaceFolder(flags.workspace);
      if (flags.log !== undefined) return readFile(named, workspace, flags.log, flags, "This");
      const asked = await withServer(workspace, folders, async (client) => {
        const id = named === undefined ? undefined : (await runningPlugin(client, named)).id;
        await (flags.follow ? followServer(client, id, flags) : show(await recordsOf(client, id), flags));
        return true;
      });
      if (asked === true) return;
      const { logFileOf } = await import("@novywave/server");
      await readFile(named, workspace, logFileOf(folders), flags, `No server runs for ${workspace}: this`);
    });
}

function show(records: readonly PluginLogRecord[], flags: Flags): void {
  if (flags.json) printJson(records);
  else if (records.length === 0) note("Nothing was logged yet.");
  else for (const record of records) print(line(record));
}

function tell(record: PluginLogRecord, flags: Flags): void {
  print(flags.json ? JSON.stringify(record) : line(record));
}

async function followServer(client: ServerClient, id: string | undefined, flags: Flags): Promise<void> {
  // Listening comes first, so that no line is lost between; what comes meanwhile waits, and none is told twice.
  let early: PluginLogRecord[] | undefined = [];
  client.events((event) => {
    if (event.kind !== "plugin-log" || (id !== undefined && event.pluginId !== id)) return;
    const { kind: _, ...record } = event;
    if (early) early.push(record);
    else tell(record, flags);
  });
  const before = await recordsOf(client, id);
  for (const record of before) tell(record, flags);
  const told = new Set(before.map((record) => JSON.stringify(record)));
  for (const record of early) if (!told.has(JSON.stringify(record))) tell(record, flags);
  early = undefined;
  await interruptible(
    (signal) =>
      new Promise<void>((resolve) => {
        signal.addEventListener("abort", () => resolve(), { once: true });
        client
          .until("plugins", () => false)
          .catch(() => {
            note("The server has ended.");
            resolve();
          });
      }),
  );
}

async function recordsOf(client: ServerClient, id: string | undefined): Promise<readonly PluginLogRecord[]> {
  const ids =
    id === undefined ? (await client.until("plugins", () => true)).map((plugin) => plugin.id) : [id];
  const records: PluginLogRecord[] = [];
  for (const each of ids) {
    const answer = await client.request("plugin.logs", { id: each });
    if (answer.ok) records.push(...answer.value.records);
    // One that was removed meanwhile has no log any more.
    else if (id !== undefined) throw new CommandFailure(answer.error.code, answer.error.message);
  }
  return inOrder(records);
}

/** Without a server: what earlier ones wrote, and, to follow, what the next one writes. `opening` begins the note on it. */
async function readFile(
  named: string | undefined,
  workspace: string,
  file: string,
  flags: Flags,
  opening: string,
): Promise<void> {
  const { PluginLogFile } = await import("@novywave/server");
  const log = await PluginLogFile.open(file, workspace);
  if (!log)
    throw new CommandFailure(
      "no-log",
      flags.log === undefined
        ? `No server runs for ${workspace}, and there is no log ${file}. Start one with: novywave serve ${workspace}`
        : `There is no log ${file}. A server writes it with: novywave serve ${workspace} --log ${file}`,
    );
  try {
    const last = await log.last();
    const id = named === undefined ? undefined : await idIn(last, named, workspace);
    const records = inOrder(id === undefined ? [...last.values()].flat() : (last.get(id) ?? []));
    const what = `${opening} is what ${file} has of ${flags.log === undefined ? "earlier ones" : workspace}`;
    note(safeText(flags.follow ? `${what}, and gets from now on, until Ctrl-C.` : `${what}.`));
    if (!flags.follow) return show(records, flags);
    for (const record of records) tell(record, flags);
    await interruptible((signal) =>
      whileIn(signal, () =>
        log.added((record) => {
          if (id === undefined || record.pluginId === id) tell(record, flags);
        }),
      ),
    );
  } finally {
    await log.close();
  }
}

/** The id of an entry, or of a plugin that was one when it logged. */
async function idIn(logged: ReadonlyMap<string, unknown>, named: string, workspace: string): Promise<string> {
  const { entries } = (await loadWorkspaceConfig(workspace)).loaded.config.plugins;
  const id =
    findEntry(entries, named)?.entry.id ??
    [named, `novywave.${named}`].find((candidate) => logged.has(candidate));
  if (id === undefined) throw unknownPlugin(named, entries);
  return id;
}

/** Looks every so often until the signal is aborted. */
async function whileIn(signal: AbortSignal, look: () => Promise<void>): Promise<void> {
  while (!signal.aborted) {
    await look();
    // Rejects when it is aborted, which ends the loop.
    await setTimeout(lookAgainMs, undefined, { signal }).catch(() => {});
  }
}

function inOrder(records: readonly PluginLogRecord[]): readonly PluginLogRecord[] {
  return records.toSorted((a, b) => a.time - b.time);
}

function line({ time, level, pluginId, message }: PluginLogRecord): string {
  const at = new Date(time).toISOString();
  return safeText(`${at} ${level.padEnd(5)} ${pluginId}: ${message.replaceAll("\n", "\n    ")}`);
}

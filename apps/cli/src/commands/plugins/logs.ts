import { join } from "node:path";
import type { PluginLogRecord } from "@novywave/protocol";
import type { ServerClient } from "@novywave/server";
import { Command, Option } from "commander";
import type { CommandContext } from "../../command-context.js";
import { CommandFailure } from "../../exit.js";
import { interruptible } from "../../interruptible.js";
import { note, print, printJson, safeText } from "../../output.js";
import { requireServer, runningPlugin } from "../../running-server.js";
import { workspaceFolder, workspaceOption } from "../../workspace-option.js";

interface Flags {
  readonly workspace: string;
  readonly follow?: true;
  readonly json?: true;
}

/** `plugins logs [ID] [--follow]` */
export function logsCommand({ folders }: CommandContext): Command {
  return new Command("logs")
    .description("Show what plugins logged, the last 500 lines of each.")
    .argument("[id]", "one plugin's id; without it, all plugins of the workspace")
    .addOption(workspaceOption())
    .addOption(new Option("-f, --follow", "go on with what is logged from now on, until Ctrl-C"))
    .addOption(new Option("--json", "print a JSON array; with --follow, one JSON object a line"))
    .addHelpText(
      "after",
      `
Needs the server that runs for the workspace. What was logged in earlier runs stands in dev_server.log.

Examples:
  novywave plugins logs
  novywave plugins logs waveform_scanner --follow`,
    )
    .action(async (named: string | undefined, flags: Flags) => {
      const workspace = await workspaceFolder(flags.workspace);
      try {
        await requireServer(workspace, folders, async (client) => {
          const id = named === undefined ? undefined : (await runningPlugin(client, named)).id;
          await (flags.follow ? follow(client, id, flags) : show(client, id, flags));
        });
      } catch (error) {
        if (!(error instanceof CommandFailure) || error.code !== "not-running") throw error;
        const log = join(folders.state, "dev_server.log");
        throw new CommandFailure(error.code, `${error.message}\nWhat was logged before stands in ${log}.`);
      }
    });
}

async function show(client: ServerClient, id: string | undefined, flags: Flags): Promise<void> {
  const records = await recordsOf(client, id);
  if (flags.json) printJson(records);
  else if (records.length === 0) note("Nothing was logged yet.");
  else for (const record of records) print(line(record));
}

async function follow(client: ServerClient, id: string | undefined, flags: Flags): Promise<void> {
  const tell = (record: PluginLogRecord): void => {
    if (flags.json) print(JSON.stringify(record));
    else print(line(record));
  };
  // Listening comes first, so that no line is lost between; what comes meanwhile waits, and none is told twice.
  let early: PluginLogRecord[] | undefined = [];
  client.events((event) => {
    if (event.kind !== "plugin-log" || (id !== undefined && event.pluginId !== id)) return;
    const { kind: _, ...record } = event;
    if (early) early.push(record);
    else tell(record);
  });
  const before = await recordsOf(client, id);
  for (const record of before) tell(record);
  const told = new Set(before.map((record) => JSON.stringify(record)));
  for (const record of early) if (!told.has(JSON.stringify(record))) tell(record);
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
  return records.toSorted((a, b) => a.time - b.time);
}

function line({ time, level, pluginId, message }: PluginLogRecord): string {
  const at = new Date(time).toISOString();
  return safeText(`${at} ${level.padEnd(5)} ${pluginId}: ${message.replaceAll("\n", "\n    ")}`);
}

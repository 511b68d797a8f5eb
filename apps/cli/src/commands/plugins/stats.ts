import type { PluginStatus } from "@novywave/protocol";
import { Command, Option } from "commander";
import type { CommandContext } from "../../command-context.js";
import { CommandFailure } from "../../exit.js";
import { columns, note, print, printJson, safeText } from "../../output.js";
import { withServer } from "../../running-server.js";
import { workspaceFolder, workspaceOption } from "../../workspace-option.js";

interface Flags {
  readonly workspace: string;
  readonly json?: true;
}

interface PluginUse {
  readonly id: string;
  readonly state: string;
  /** Counters, milliseconds and bytes, as in the topic `plugins` of the protocol. */
  readonly stats: Readonly<Record<string, number>>;
}

/** `plugins stats [ID]` */
export function statsCommand({ folders }: CommandContext): Command {
  return new Command("stats")
    .description("Show what plugins have used: calls, failures, durations, memory.")
    .argument("[id]", "one plugin's id; without it, all plugins of the workspace")
    .addOption(workspaceOption())
    .addOption(new Option("--json", "print a JSON array"))
    .addHelpText(
      "after",
      `
Asks the server that runs for the workspace; without one, nothing runs, and the list is empty.

Examples:
  novywave plugins stats
  novywave plugins stats waveform_scanner --json`,
    )
    .action(async (id: string | undefined, flags: Flags) => {
      const workspace = await workspaceFolder(flags.workspace);
      const uses = await withServer(workspace, folders, async (client) => {
        const plugins = await client.until("plugins", () => true);
        return plugins.map(({ id: each, state, stats }): PluginUse => ({
          id: each,
          state,
          stats: stats ?? {},
        }));
      });
      if (uses === undefined && !flags.json)
        note(safeText(`No server runs for ${workspace}, so no plugin does.`));
      const wanted = (uses ?? []).filter(({ id: each }) => id === undefined || isMeant(each, id));
      if (uses !== undefined && id !== undefined && wanted.length === 0)
        throw new CommandFailure("unknown-plugin", `There is no plugin "${id}" in this workspace.`);
      if (flags.json) printJson(wanted);
      else if (wanted.length > 0) print(safeText(table(wanted)));
    });
}

function isMeant(id: PluginStatus["id"], named: string): boolean {
  return id === named || id === `novywave.${named}`;
}

function table(uses: readonly PluginUse[]): string {
  const names = [...new Set(uses.flatMap(({ stats }) => Object.keys(stats)))];
  return columns([
    ["PLUGIN", "STATE", ...names.map(title)],
    ...uses.map(({ id, state, stats }) => [id, state, ...names.map((name) => cell(name, stats[name]))]),
  ]);
}

/** `memoryBytes` as `MEMORY MiB`, `p99Ms` as `P99 ms`. */
function title(name: string): string {
  const [, stem = name, unit = ""] = /^(.*?)(Bytes|Ms)?$/u.exec(name) ?? [];
  const words = stem.replace(/[A-Z]/gu, (letter) => ` ${letter}`).toUpperCase();
  return unit === "" ? words : `${words} ${unit === "Bytes" ? "MiB" : "ms"}`;
}

function cell(name: string, value: number | undefined): string {
  if (value === undefined) return "-";
  if (name.endsWith("Bytes")) return (value / 1024 / 1024).toFixed(1);
  return Number.isInteger(value) ? String(value) : value.toFixed(2);
}

import { join } from "node:path";
import { ConfigFile, formatConfigError, type LoadedConfig, type PluginEntry } from "@novywave/config";
import { CommandFailure } from "./exit.js";

/** The `.novywave` of a workspace, and what it says now (the defaults where there is none). */
export async function loadWorkspaceConfig(
  workspace: string,
): Promise<{ readonly file: ConfigFile; readonly loaded: LoadedConfig }> {
  const file = ConfigFile.open(join(workspace, ".novywave"));
  const loaded = await file.load();
  if (loaded.ok) return { file, loaded: loaded.value };
  const lines = loaded.error.map((error) => formatConfigError(error, file.path));
  throw new CommandFailure("config-invalid", lines.join("\n"));
}

/** The entry with this id, where `hello_world` also stands for `novywave.hello_world`; with its place in the list. */
export function findEntry(
  entries: readonly PluginEntry[],
  id: string,
): { readonly entry: PluginEntry; readonly index: number } | undefined {
  for (const wanted of [id, `novywave.${id}`]) {
    const index = entries.findIndex((entry) => entry.id === wanted);
    const entry = entries[index];
    if (entry !== undefined) return { entry, index };
  }
  return undefined;
}

/** The failure that says which ids there are. */
export function unknownPlugin(id: string, entries: readonly PluginEntry[]): CommandFailure {
  const known = entries.map((entry) => entry.id).join(", ");
  return new CommandFailure(
    "unknown-plugin",
    `There is no plugin "${id}" in this workspace. ${known === "" ? "It has none." : `Its plugins are ${known}.`}`,
  );
}

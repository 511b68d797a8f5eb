import { realpath, stat } from "node:fs/promises";
import { basename, dirname, resolve } from "node:path";
import type { Artifact, PluginFailure } from "@novywave/plugin-host";
import { CommandFailure, exitCodes } from "./exit.js";
import { shippedArtifacts } from "./shipped-artifacts.js";
import { findEntry, loadWorkspaceConfig, unknownPlugin } from "./workspace-config.js";

/** The help text of an argument that {@link artifactArgument} reads. */
export const artifactHelp = "a .wasm file, `builtin:<name>`, or the id of a plugin in the workspace";

/**
 * The artifact that the user names: a file, `builtin:<name>`, or the id of an entry of the workspace's `.novywave`; with
 * `entry`, the artifact that an entry names. Throws {@link CommandFailure}.
 */
export async function artifactArgument(
  named: string,
  workspace: string,
  kind: "argument" | "entry" = "argument",
): Promise<Artifact> {
  // Loaded late, here and in the commands, so that those that do not need it start fast.
  const { readArtifact } = await import("@novywave/plugin-host");
  const builtins = await shippedArtifacts();
  const read = async (artifactPath: string, configFolder: string): Promise<Artifact> => {
    const artifact = await readArtifact({ artifactPath, configFolder, builtins });
    if (!artifact.ok) throw pluginFailure(artifact.error);
    return artifact.value;
  };
  if (kind === "entry" || named.startsWith("builtin:")) return read(named, workspace);
  const path = resolve(named);
  if (await exists(path)) {
    const real = await realpath(path);
    return read(basename(real), dirname(real));
  }
  if (named.endsWith(".wasm") || named.includes("/"))
    throw new CommandFailure("artifact-missing", `${path} does not exist.`);
  const { entries } = (await loadWorkspaceConfig(workspace)).loaded.config.plugins;
  const found = findEntry(entries, named);
  if (found === undefined) throw unknownPlugin(named, entries);
  return read(found.entry.artifactPath, workspace);
}

/** How the command line tells that a plugin does not load or run. */
export function pluginFailure({ code, message, export: exported, backtrace }: PluginFailure): CommandFailure {
  const where = exported === undefined ? "" : ` (in ${exported})`;
  const frames = backtrace === undefined ? "" : `\n${backtrace}`;
  const exitCode = code === "incompatible" ? exitCodes.incompatible : exitCodes.failed;
  return new CommandFailure(code, `${message}${where}${frames}`, exitCode);
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch {
    return false;
  }
}

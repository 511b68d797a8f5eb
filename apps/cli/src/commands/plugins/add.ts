import { randomUUID } from "node:crypto";
import { mkdir, open, realpath, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { formatConfigError, type ConfigFile } from "@novywave/config";
import type { Artifact } from "@novywave/plugin-host";
import { Command, Option } from "commander";
import { artifactArgument, pluginFailure } from "../../artifact-argument.js";
import type { CommandContext } from "../../command-context.js";
import { CommandFailure } from "../../exit.js";
import { openGrants } from "../../open-grants.js";
import { note, print, printJson, safeText } from "../../output.js";
import { settledPlugin, withServer } from "../../running-server.js";
import type { UserFolders } from "../../user-folders.js";
import { weighEntry } from "../../weigh-entry.js";
import { loadWorkspaceConfig } from "../../workspace-config.js";
import { workspaceFolder, workspaceOption } from "../../workspace-option.js";

interface Flags {
  readonly workspace: string;
  readonly id?: string;
  readonly disabled?: true;
  readonly json?: true;
}

/** `plugins add FILE.wasm` */
export function addCommand({ folders }: CommandContext): Command {
  return new Command("add")
    .description("Add an artifact to the plugins of a workspace. Runs and approves nothing.")
    .argument("<file>", "a .wasm file, or `builtin:<name>`")
    .addOption(workspaceOption())
    .addOption(new Option("--id <id>", "the id of the entry").default(undefined, "that of the manifest"))
    .addOption(new Option("--disabled", "do not enable it"))
    .addOption(new Option("--json", "print the new entry as JSON"))
    .addHelpText(
      "after",
      `
Writes an entry into .novywave and leaves the rest of the file as it is. A file inside of the workspace is used where it
lies; one from elsewhere is copied to plugins/ in the workspace, with the manifest beside it. The plugin waits for your
consent: novywave plugins grant ID

Examples:
  novywave plugins add tools/linter/dist/acme.linter_plugin.wasm
  novywave plugins add ~/Downloads/linter.wasm --id acme.linter`,
    )
    .action(async (named: string, flags: Flags) => {
      const workspace = await workspaceFolder(flags.workspace);
      const { file, loaded } = await loadWorkspaceConfig(workspace);
      if (!named.startsWith("builtin:")) await requireFile(named);
      const artifact = await artifactArgument(named, workspace);
      const { inspectArtifact } = await import("@novywave/plugin-host");
      const inspected = inspectArtifact(artifact);
      if (!inspected.ok) throw pluginFailure(inspected.error);
      const id = flags.id ?? inspected.value.manifest.id;
      const taken = loaded.config.plugins.entries.find((entry) => entry.id === id);
      if (taken)
        throw new CommandFailure(
          "duplicate-id",
          `${file.path} has a plugin "${id}" already, with the artifact ${taken.artifactPath}. Give this one another --id, or remove that one first: novywave plugins remove ${id}`,
        );
      const copy = await placeFor(named, artifact, workspace);
      if (copy?.write) await copyArtifact(artifact, copy.file);
      const artifactPath = copy === undefined ? named : relative(workspace, copy.file).split(sep).join("/");
      const enabled = flags.disabled !== true;
      await writeEntry(file, { id, enabled, artifact_path: artifactPath });
      const status = await withServer(workspace, folders, (client) => settledPlugin(client, id));
      if (flags.json) {
        printJson({
          id,
          enabled,
          artifactPath,
          copied: copy?.write === true,
          file: file.path,
          ...(status && { state: status.state, message: status.message }),
        });
        return;
      }
      print(safeText(`${id} is in ${file.path} now, with the artifact ${artifactPath}`));
      if (status) print(safeText(`${status.state}: ${status.message}`));
      if (await asks(id, workspace, folders))
        note(safeText(`See what it asks for, and decide, with: novywave plugins grant ${id}`));
    });
}

/** Whether the new entry waits for consent. */
async function asks(id: string, workspace: string, folders: UserFolders): Promise<boolean> {
  const { entries } = (await loadWorkspaceConfig(workspace)).loaded.config.plugins;
  const entry = entries.find((each) => each.id === id);
  if (entry === undefined) return false;
  return (await weighEntry(entry, workspace, await openGrants(folders), folders)).kind === "needs-consent";
}

async function requireFile(named: string): Promise<void> {
  const path = resolve(named);
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile()) return;
  throw new CommandFailure(
    "artifact-missing",
    found?.isDirectory()
      ? `${path} is a folder; name the artifact that a build writes, such as ${named.replace(/[/\\]+$/u, "")}/dist/<id>_plugin.wasm. Build it with: novywave plugins build ${named}`
      : `There is no file ${path}.`,
  );
}

/** Where the artifact of the entry lies; undefined for one that ships. `write`: it has to be copied there. */
async function placeFor(
  named: string,
  artifact: Artifact,
  workspace: string,
): Promise<{ readonly file: string; readonly write: boolean } | undefined> {
  if (named.startsWith("builtin:")) return undefined;
  // As the user spelt it, so that a link to the newest build stays one.
  const spelt = join(await realpath(dirname(resolve(named))), basename(named));
  for (const path of [spelt, artifact.path])
    if (path.startsWith(workspace + sep) && artifact.path.startsWith(workspace + sep))
      return { file: path, write: false };
  return { file: join(workspace, "plugins", basename(artifact.path)), write: true };
}

/** Never over a file that is there: it may be another plugin's. */
async function copyArtifact({ bytes, manifestText }: Artifact, target: string): Promise<void> {
  try {
    await mkdir(dirname(target), { recursive: true });
    await writeNew(target, bytes);
    if (manifestText !== undefined) await writeNew(`${target}.toml`, manifestText);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (typeof code !== "string") throw error;
    throw new CommandFailure(
      "write-failed",
      code === "EEXIST"
        ? `${target} exists already. Remove it, or put the artifact into the workspace yourself and add that file.`
        : `${target} cannot be written: ${code}.`,
    );
  }
}

async function writeNew(target: string, content: Uint8Array | string): Promise<void> {
  // Reserved first, then replaced as a whole: nobody reads half of it.
  await (await open(target, "wx")).close();
  const temporary = `${target}.${randomUUID()}.tmp`;
  try {
    const handle = await open(temporary, "wx");
    try {
      await handle.writeFile(content);
    } finally {
      await handle.close();
    }
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    await rm(target, { force: true });
    throw error;
  }
}

async function writeEntry(
  file: ConfigFile,
  entry: { readonly id: string; readonly enabled: boolean; readonly artifact_path: string },
): Promise<void> {
  const applied = await file.apply((current) => [
    { path: ["plugins", "entries", current.config.plugins.entries.length], value: entry },
  ]);
  if (!applied.ok) throw new CommandFailure(applied.error.code, formatConfigError(applied.error, file.path));
}

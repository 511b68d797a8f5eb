import type { PluginEntry } from "@novywave/config";
import type { GrantStore } from "@novywave/plugin-host";
import { Command, Option } from "commander";
import type { CommandContext } from "../../command-context.js";
import { CommandFailure } from "../../exit.js";
import { openGrants } from "../../open-grants.js";
import { columns, note, print, printJson, safeText } from "../../output.js";
import type { UserFolders } from "../../user-folders.js";
import { weighEntry } from "../../weigh-entry.js";
import { loadWorkspaceConfig } from "../../workspace-config.js";
import { workspaceFolder, workspaceOption } from "../../workspace-option.js";

interface Flags {
  readonly workspace: string;
  readonly json?: true;
}

/** One plugin, from a running server or from the file alone. */
interface ListedPlugin {
  readonly id: string;
  readonly enabled: boolean;
  /** As the server says; without one `disabled`, `needs-consent`, `incompatible`, `error`, or `not-running`. */
  readonly state: string;
  readonly message: string;
  readonly artifactPath: string;
  readonly version?: string;
  readonly sha256?: string;
  /** Milliseconds since the Unix epoch; only from a server. */
  readonly since?: number;
  /** What a person can do. */
  readonly action?: string;
}

/** `plugins list` */
export function listCommand({ folders }: CommandContext): Command {
  return new Command("list")
    .description("List the plugins of a workspace and how they are.")
    .addOption(workspaceOption())
    .addOption(new Option("--json", "print a JSON array"))
    .addHelpText(
      "after",
      "\nAsks the server that runs for the workspace; without one, reads .novywave and runs nothing.",
    )
    .action(async (flags: Flags) => {
      const workspace = await workspaceFolder(flags.workspace);
      const running = await listRunning(workspace, folders);
      const plugins = running ?? (await listStored(workspace, folders));
      if (flags.json) {
        printJson(plugins);
        return;
      }
      if (running === undefined) note(`No server runs for ${workspace}; this is what .novywave says.`);
      print(
        plugins.length === 0
          ? "No plugins are set up."
          : safeText(
              columns(
                plugins.map(({ id, version, state, message, action }) => [
                  id,
                  version ?? "",
                  state,
                  action === undefined ? message : `${message}. ${action}`,
                ]),
              ),
            ),
      );
    });
}

async function listRunning(
  workspace: string,
  folders: UserFolders,
): Promise<readonly ListedPlugin[] | undefined> {
  const { connectToServer, findRunningServer } = await import("@novywave/server");
  const server = await findRunningServer(workspace, folders.runtime);
  if (server === undefined) return undefined;
  const connected = await connectToServer(server);
  if (!connected.ok) throw new CommandFailure(connected.error.code, connected.error.message);
  const client = connected.value;
  try {
    const plugins = await client.until("plugins", () => true);
    return plugins.map(({ id, enabled, state, message, artifactPath, version, sha256, since, action }) => ({
      id,
      enabled,
      state,
      message,
      artifactPath,
      ...(version === undefined ? {} : { version }),
      ...(sha256 === undefined ? {} : { sha256 }),
      since,
      ...(action === undefined ? {} : { action }),
    }));
  } finally {
    client.close();
  }
}

async function listStored(workspace: string, folders: UserFolders): Promise<readonly ListedPlugin[]> {
  const { loaded } = await loadWorkspaceConfig(workspace);
  const grants = await openGrants(folders);
  const plugins: ListedPlugin[] = [];
  for (const entry of loaded.config.plugins.entries)
    plugins.push(await storedEntry(entry, workspace, grants));
  return plugins;
}

async function storedEntry(entry: PluginEntry, workspace: string, grants: GrantStore): Promise<ListedPlugin> {
  const { id, enabled, artifactPath } = entry;
  const common = { id, enabled, artifactPath };
  const weighed = await weighEntry(entry, workspace, grants);
  if (weighed.kind === "failed") {
    const { code, message } = weighed.failure;
    if (!enabled) return { ...common, state: "disabled", message: `Disabled in .novywave; ${message}` };
    return { ...common, state: code === "incompatible" ? "incompatible" : "error", message };
  }
  const { version, description } = weighed.inspected.manifest;
  const facts = { ...common, version, sha256: weighed.artifact.sha256 };
  if (!enabled) return { ...facts, state: "disabled", message: "Disabled in .novywave" };
  if (weighed.kind === "granted") return { ...facts, state: "not-running", message: description };
  return {
    ...facts,
    state: "needs-consent",
    message: weighed.shipped ? "Asks for more than a workspace gives" : "This artifact was never approved",
    action: `See and approve what it asks for: novywave plugins grant ${id}`,
  };
}

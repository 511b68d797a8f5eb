import type { PluginEntry } from "@novywave/config";
import type { GrantStore } from "@novywave/plugin-host";
import type { ArtifactFacts } from "@novywave/server";
import { Command, Option } from "commander";
import type { CommandContext } from "../../command-context.js";
import { decideAdvice } from "../../describe-needs.js";
import { openGrants } from "../../open-grants.js";
import { columns, note, print, printJson, safeText } from "../../output.js";
import { withServer } from "../../running-server.js";
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
  /** Links that lead out of what it may see; only from a server. */
  readonly outside?: readonly { readonly link: string; readonly target: string }[];
}

/** `plugins list` */
export function listCommand({ folders }: CommandContext): Command {
  return new Command("list")
    .description("List the plugins of a workspace and how they are.")
    .addOption(workspaceOption())
    .addOption(new Option("--json", "print a JSON array"))
    .addHelpText(
      "after",
      `
Asks the server that runs for the workspace; without one, reads .novywave and runs nothing.

Examples:
  novywave plugins list
  novywave plugins list --workspace simulation/ --json`,
    )
    .action(async (flags: Flags) => {
      const workspace = await workspaceFolder(flags.workspace);
      const running = await listRunning(workspace, folders);
      const plugins = running ?? (await listStored(workspace, folders));
      if (flags.json) {
        printJson(plugins);
        return;
      }
      if (running === undefined)
        note(safeText(`No server runs for ${workspace}: this is how its plugins would start.`));
      print(plugins.length === 0 ? "No plugins are set up." : safeText(table(plugins)));
    });
}

const shownLinks = 5;

/** A line for each plugin; what a person can do stands below the table. */
function table(plugins: readonly ListedPlugin[]): string {
  const rows = plugins.map(({ id, version, state, message }) => [
    id,
    version ?? "-",
    state,
    message.replaceAll(/\s*\n\s*/gu, " "),
  ]);
  const actions = plugins.flatMap(({ id, action, outside = [] }) => [
    ...(action === undefined ? [] : [`${id}: ${action}`]),
    ...outside
      .slice(0, shownLinks)
      .map(
        ({ link, target }) =>
          `${id}: ${link} leads to ${target}, outside of the workspace: --allow-dir allows it`,
      ),
    ...(outside.length > shownLinks ? [`${id}: and ${outside.length - shownLinks} more links`] : []),
  ]);
  return [
    columns([["PLUGIN", "VERSION", "STATE", "MESSAGE"], ...rows]),
    ...(actions.length === 0 ? [] : ["", ...actions]),
  ].join("\n");
}

function listRunning(workspace: string, folders: UserFolders): Promise<readonly ListedPlugin[] | undefined> {
  return withServer(workspace, folders, async (client) => {
    const plugins = await client.until("plugins", () => true);
    return plugins.map(
      ({ id, enabled, state, message, artifactPath, version, sha256, since, action, outside }) => ({
        id,
        enabled,
        state,
        message,
        artifactPath,
        ...(version === undefined ? {} : { version }),
        ...(sha256 === undefined ? {} : { sha256 }),
        since,
        ...(action === undefined ? {} : { action }),
        ...(outside === undefined ? {} : { outside }),
      }),
    );
  });
}

async function listStored(workspace: string, folders: UserFolders): Promise<readonly ListedPlugin[]> {
  const { loaded } = await loadWorkspaceConfig(workspace);
  const grants = await openGrants(folders);
  const plugins: ListedPlugin[] = [];
  for (const entry of loaded.config.plugins.entries)
    plugins.push(await storedEntry(entry, workspace, grants, folders));
  return plugins;
}

async function storedEntry(
  entry: PluginEntry,
  workspace: string,
  grants: GrantStore,
  folders: UserFolders,
): Promise<ListedPlugin> {
  const { id, enabled, artifactPath } = entry;
  const common = { id, enabled, artifactPath };
  const weighed = await weighEntry(entry, workspace, grants, folders);
  if (weighed.kind === "failed") {
    const { code, message } = weighed.failure;
    if (weighed.inForce && enabled)
      return {
        ...common,
        ...weighed.inForce,
        state: "not-running",
        message: `The build that you approved would run; the newer one cannot: ${message}`,
      };
    const known = { ...common, ...(weighed.facts && identity(weighed.facts)) };
    if (!enabled) return { ...known, state: "disabled", message: `Disabled in .novywave; ${message}` };
    return { ...known, state: code === "incompatible" ? "incompatible" : "error", message };
  }
  const facts = { ...common, ...identity(weighed.facts) };
  if (!enabled) return { ...facts, state: "disabled", message: "Disabled in .novywave" };
  if (weighed.kind === "granted")
    return { ...facts, state: "not-running", message: weighed.facts.description };
  if (weighed.inForce)
    return {
      ...common,
      ...weighed.inForce,
      state: "not-running",
      message: `The build that you approved would run; ${weighed.requests.denied ? "you denied a newer one" : "a newer one waits for your consent"}`,
      action: decideAdvice(id, weighed.requests),
    };
  return {
    ...facts,
    state: "needs-consent",
    message: weighed.requests.denied
      ? "You denied what it asks for"
      : weighed.known
        ? "It asks for what you have not approved"
        : "This artifact does not ship with NovyWave, and you have not approved it",
    action: decideAdvice(id, weighed.requests),
  };
}

const identity = ({ version, sha256 }: ArtifactFacts): Pick<ListedPlugin, "version" | "sha256"> => ({
  version,
  sha256,
});

import type { PluginStatus } from "@novywave/protocol";
import type { ServerClient } from "@novywave/server";
import { CommandFailure } from "./exit.js";
import type { UserFolders } from "./user-folders.js";

/** Milliseconds that a command waits for a plugin to get where it was sent. */
const patienceMs = 15_000;

/** Speaks with the server that runs for the workspace; undefined if none does. */
export async function withServer<T>(
  workspace: string,
  folders: UserFolders,
  use: (client: ServerClient) => Promise<T>,
): Promise<T | undefined> {
  const { connectToServer, findRunningServer } = await import("@novywave/server");
  const server = await findRunningServer(workspace, folders.runtime);
  if (server === undefined) return undefined;
  const connected = await connectToServer(server);
  if (!connected.ok) throw new CommandFailure(connected.error.code, connected.error.message);
  try {
    return await use(connected.value);
  } finally {
    connected.value.close();
  }
}

/** The same for what makes no sense without a server. */
export async function requireServer<T>(
  workspace: string,
  folders: UserFolders,
  use: (client: ServerClient) => Promise<T>,
): Promise<T> {
  const answer = await withServer(workspace, folders, async (client) => ({ of: await use(client) }));
  if (answer !== undefined) return answer.of;
  throw new CommandFailure(
    "not-running",
    `No server runs for ${workspace}. Start one with: novywave serve ${workspace}`,
  );
}

/** The plugin with this id, where `hello_world` also stands for `novywave.hello_world`. */
export async function runningPlugin(client: ServerClient, id: string): Promise<PluginStatus> {
  // A server that has just started tells its plugins as soon as it has read the file.
  const plugins = await client.until("plugins", () => client.topic("config")?.state !== "loading");
  const found =
    plugins.find((plugin) => plugin.id === id) ?? plugins.find((plugin) => plugin.id === `novywave.${id}`);
  if (found !== undefined) return found;
  const known = plugins.map((plugin) => plugin.id).join(", ");
  throw new CommandFailure(
    "unknown-plugin",
    `There is no plugin "${id}" in this workspace. ${known === "" ? "It has none." : `Its plugins are ${known}.`}`,
  );
}

/** Waits until the plugin is in a state that lasts and that `accept` takes, or for as long as a person would. */
export async function settledPlugin(
  client: ServerClient,
  id: string,
  accept: (plugin: PluginStatus) => boolean = () => true,
): Promise<PluginStatus> {
  let last: PluginStatus | undefined;
  const settled = client.until("plugins", (plugins) => {
    last = plugins.find((plugin) => plugin.id === id);
    return last !== undefined && last.state !== "loading" && last.state !== "reloading" && accept(last);
  });
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, patienceMs);
  });
  // When the connection ends, that is what went wrong; after the wait, nobody listens any more.
  settled.catch(() => {});
  await Promise.race([settled, patience]);
  clearTimeout(timer);
  if (last !== undefined) return last;
  throw new CommandFailure("unknown-plugin", `The server has no plugin ${id} any more.`);
}

import fs from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { BuiltinArtifacts } from "@novywave/plugin-host";
import type { FileStatus, PluginStatus } from "@novywave/protocol";
import { onTestFinished } from "vitest";
import { connectToServer, type ServerClient } from "../client/server-client.js";
import type { RunningServer, ServerOptions } from "../options.js";
import { startServer } from "../server.js";
import { temporaryFolder, writeTree } from "./temporary-folder.js";

const pluginsDist = fileURLToPath(new URL("../../../../plugins/dist/", import.meta.url));

/** The plugins that ship, as `novywave plugins build --all` leaves them. */
export async function builtins(): Promise<BuiltinArtifacts> {
  const text = await fs.readFile(path.join(pluginsDist, "shipped.json"), "utf8");
  const { plugins } = JSON.parse(text) as { plugins: { name: string; file: string; sha256: string }[] };
  return {
    get(name) {
      const found = plugins.find((plugin) => plugin.name === name);
      return found && { path: path.join(pluginsDist, found.file), sha256: found.sha256 };
    },
    isShipped: (sha256) => plugins.some((plugin) => plugin.sha256 === sha256),
  };
}

/** The bytes of a plugin that ships, with an empty custom section: the same plugin under a hash that nobody knows. */
export async function strangerArtifact(name: string): Promise<Uint8Array> {
  const shipped = (await builtins()).get(name);
  if (!shipped) throw new Error(`${name} is not built`);
  return Buffer.concat([await fs.readFile(shipped.path), Uint8Array.of(0, 2, 1, 0x78)]);
}

/** A component without the manifest that its build put into it. */
export function withoutManifest(component: Uint8Array): Uint8Array {
  const header = 8;
  const kept = [component.subarray(0, header)];
  for (let at = header; at < component.length;) {
    const [length, body] = unsigned(component, at + 1);
    const [nameLength, name] = unsigned(component, body);
    const isCustom = component[at] === 0;
    const title = new TextDecoder().decode(component.subarray(name, name + nameLength));
    if (!isCustom || title !== "novywave:manifest") kept.push(component.subarray(at, body + length));
    at = body + length;
  }
  return Buffer.concat(kept);
}

/** A number in LEB128, and where it ends. */
function unsigned(bytes: Uint8Array, start: number): readonly [number, number] {
  let value = 0;
  let at = start;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++] ?? 0;
    value |= (byte & 0x7f) << shift;
    if (byte < 0x80) return [value, at];
  }
}

/** A small VCD of one counter that ends at `end`. */
export function counterVcd(end: number): string {
  const changes = Array.from({ length: end / 10 }, (_, i) => `#${(i + 1) * 10}\n${i % 2 === 0 ? 1 : 0}!\n`);
  return [
    "$timescale 1 ns $end",
    "$scope module tb $end",
    "$var wire 1 ! clk $end",
    "$upscope $end",
    "$enddefinitions $end",
    "#0",
    "0!",
    changes.join(""),
  ].join("\n");
}

export interface TestServer {
  readonly folder: string;
  /** The workspace. */
  readonly root: string;
  readonly server: RunningServer;
  readonly client: ServerClient;
  /** Waits for a state of a plugin. */
  readonly plugin: (id: string, accept: (status: PluginStatus) => boolean) => Promise<PluginStatus>;
  /** Waits for a state of a file, by its name. */
  readonly file: (name: string, accept: (status: FileStatus) => boolean) => Promise<FileStatus>;
  readonly log: () => Promise<string>;
}

export interface TestServerOptions extends Partial<ServerOptions> {
  /** Files of the workspace. */
  readonly files?: Readonly<Record<string, string>>;
  /** Runs after the files were written. */
  readonly prepare?: (root: string, folder: string) => Promise<void>;
  /** That of an earlier server of the test: its workspace is opened again. */
  readonly folder?: string;
  /** A file of the workspace to open instead of the folder. */
  readonly single?: string;
}

/** Starts a server on a temporary workspace and connects to it; both end with the test. */
export async function startTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const { files, prepare, single, folder: before, ...overrides } = options;
  const folder = before ?? (await temporaryFolder());
  const root = path.join(folder, "workspace");
  await fs.mkdir(root, { recursive: true });
  await writeTree(folder, {
    "ui/index.html": "<!doctype html><title>NovyWave</title>",
    "ui/assets/a.js": "1",
  });
  await writeTree(root, files ?? {});
  await prepare?.(root, folder);
  const server = await startServer({
    target:
      single === undefined ? { kind: "folder", path: root } : { kind: "file", path: path.join(root, single) },
    port: 0,
    uiFolder: path.join(folder, "ui"),
    builtins: await builtins(),
    userFolders: userFolders(folder),
    transport: "in-process",
    ...overrides,
  });
  onTestFinished(() => server.stop());
  const connected = await connectToServer(server);
  if (!connected.ok) throw new Error(connected.error.message);
  const client = connected.value;
  onTestFinished(() => client.close());
  return {
    folder,
    root,
    server,
    client,
    plugin: async (id, accept) => {
      let found: PluginStatus | undefined;
      await client.until("plugins", (plugins) => {
        found = plugins.find((status) => status.id === id && accept(status));
        return found !== undefined;
      });
      if (!found) throw new Error(`${id} never came`);
      return found;
    },
    file: async (name, accept) => {
      let found: FileStatus | undefined;
      await client.until("files", (statuses) => {
        found = statuses.find((status) => status.name === name && accept(status));
        return found !== undefined;
      });
      if (!found) throw new Error(`${name} never came`);
      return found;
    },
    log: () => fs.readFile(server.logFile, "utf8"),
  };
}

export function userFolders(folder: string): ServerOptions["userFolders"] {
  return {
    config: path.join(folder, "user/config"),
    state: path.join(folder, "user/state"),
    cache: path.join(folder, "user/cache"),
    runtime: path.join(folder, "user/runtime"),
  };
}

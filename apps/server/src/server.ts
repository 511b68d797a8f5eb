import fs from "node:fs/promises";
import path from "node:path";
import { DisposableStore, err, ok, systemClock, type Clock, type Disposable } from "@novywave/base";
import { ConfigFile } from "@novywave/config";
import {
  ApprovedArtifacts,
  AuditLog,
  crashRecord,
  crashText,
  createPluginHost,
  manifestBeside,
  type HostPorts,
  type PluginHost,
} from "@novywave/plugin-host";
import { createFileAccess } from "./files/file-access.js";
import { startDescribing, openInWorker } from "./files/open-waveform.js";
import { startHttpServer } from "./http/http-server.js";
import { createToken } from "./http/token.js";
import { urlHost } from "./http/url-host.js";
import { createLogger, type Logger } from "./log/logger.js";
import { RotatingFile } from "./log/rotating-file.js";
import { ServerStartError, type RunningServer, type ServerOptions } from "./options.js";
import { artifactPlaces } from "./plugins/approved-build.js";
import { approvalOf } from "./plugins/consent.js";
import { GrantedFolders } from "./plugins/granted-folders.js";
import { Grants } from "./plugins/grants.js";
import type { PluginEntry } from "./plugins/plugin-entry.js";
import { preparePlugin } from "./plugins/prepare-plugin.js";
import { removeRuntimeFile, writeRuntimeFile } from "./runtime-file.js";
import { createSession, type Session } from "./session.js";
import { createPluginWatch } from "./watch/plugin-watch.js";
import { createWatchService, type WatchService } from "./watch/watch-service.js";
import { isInside, openWorkspace, type Workspace } from "./workspace.js";

const configDebounceMs = 50;
/** Renaming is more than one event. A build that goes on writing is recognised when it is read. */
const artifactDebounceMs = 50;

/**
 * Opens a folder (or a single file) and serves it. Resolves once HTTP answers; plugins load meanwhile.
 *
 * @throws {ServerStartError} if the target cannot be opened, the port is taken, ...
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const workspace = await openWorkspace(options.target);
  if (!workspace.ok) throw new ServerStartError(workspace.error.code, workspace.error.message);
  const allowDirs = await resolveAllowDirs(options);
  const logFile = openLog(options);
  const log = createLogger(logFile, "debug", workspace.value.root);
  const clock = options.clock ?? systemClock;
  const watches = createWatchService(clock);
  const server = new Server({ options, workspace: workspace.value, allowDirs, log, clock, watches });
  try {
    return await server.start(logFile);
  } catch (error) {
    await server.stop();
    logFile[Symbol.dispose]();
    throw error;
  }
}

interface Surroundings {
  readonly options: ServerOptions;
  readonly workspace: Workspace;
  readonly allowDirs: readonly string[];
  readonly log: Logger;
  readonly clock: Clock;
  readonly watches: WatchService;
}

/** Owns the parts of a running server and ends them in the opposite order. */
class Server {
  readonly #surroundings: Surroundings;
  readonly #ends: (() => Promise<void> | void)[] = [];
  #session: Session | undefined;

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings;
    this.#ends.push(() => surroundings.watches.close());
  }

  async start(logFile: RotatingFile): Promise<RunningServer> {
    const { options, workspace, clock, log, watches } = this.#surroundings;
    const host = options.host ?? "127.0.0.1";
    const audit = new AuditLog(options.userFolders.config, (message) => log.error(message));
    this.#ends.push(() => audit.flush());
    const grants = await Grants.open(options.userFolders.config, audit);
    if (grants.problem !== undefined) log.error(grants.problem);
    const watch = this.#makeWatch();
    const plugins = this.#startHost(watch, audit);
    const session = this.#makeSession(plugins, watch, grants);
    const token = createToken();
    const http = await startHttpServer({
      api: session.api,
      token,
      uiFolder: options.uiFolder,
      host,
      port: options.port,
      // Who listens on an address of his own choice is addressed by it.
      allowHosts: [...(options.allowHosts ?? []), urlHost(host)],
      clock,
      onError: (error) => log.error({ err: error }, "answering failed"),
    });
    if (!http.ok) throw new ServerStartError(http.error.code, http.error.message);
    this.#ends.push(() => http.value.close());
    session.start();
    const { port } = http.value;
    const runtime = options.userFolders.runtime;
    await writeRuntimeFile(runtime, { port, host, token, pid: process.pid, target: workspace.target });
    this.#ends.push(() => removeRuntimeFile(runtime, workspace.target, process.pid));
    await this.#followGrants(grants, session, watches);
    log.info({ host, port, pid: process.pid }, "the server has started");
    return {
      url: `http://${urlHost(host)}:${port}/#token=${token}`,
      token,
      host,
      port,
      pid: process.pid,
      workspace: workspace.root,
      logFile: logFile.file,
      stop: async () => {
        await this.stop();
        log.info("the server has stopped");
        logFile[Symbol.dispose]();
      },
    };
  }

  async stop(): Promise<void> {
    for (let end = this.#ends.pop(); end; end = this.#ends.pop()) {
      try {
        await end();
      } catch (error) {
        this.#surroundings.log.error({ err: error }, "stopping failed in part");
      }
    }
  }

  #makeWatch(): HostPorts["watch"] {
    const { watches, workspace } = this.#surroundings;
    return createPluginWatch({
      watches,
      root: workspace.root,
      file: workspace.file,
      unseen: (paths) => this.#session?.lookAgain(paths),
      onFailure: (message) => this.#session?.notify("warn", message),
    });
  }

  #startHost(watch: HostPorts["watch"], audit: AuditLog): PluginHost {
    const { options, workspace, clock, log } = this.#surroundings;
    const host = createPluginHost({
      transport: options.transport ?? "process",
      workspace: workspace.root,
      clock,
      ports: { watch, openedFiles: () => this.#session?.relays.openedFiles.current ?? [] },
      log: ({ level, message, pluginId, failure, time }) => {
        const crash = failure && crashRecord(pluginId ?? "", failure);
        log[level]({ ...(pluginId !== undefined && { plugin: pluginId }), ...(crash && { crash }) }, message);
        if (pluginId === undefined) return;
        this.#session?.pluginTold({ pluginId, level, message: crash ? crashText(crash) : message, time });
      },
    });
    // Every grant and refusal (R4.6): in the user's audit, and in the log for whoever looks for a fault.
    host.granted((record) => {
      audit.append(record);
      const { pluginId, decision, capability, scope, reason } = record;
      log.debug({ plugin: pluginId, decision, capability, scope, reason }, "grant");
    });
    this.#ends.push(() => host[Symbol.asyncDispose]());
    return host;
  }

  #makeSession(host: PluginHost, watch: HostPorts["watch"], grants: Grants): Session {
    const { options, workspace, allowDirs, clock, log, watches } = this.#surroundings;
    const { root } = workspace;
    const granted = new GrantedFolders();
    const kept = new ApprovedArtifacts(options.userFolders.cache);
    const configFile = ConfigFile.open(path.join(root, ".novywave"));
    const access = createFileAccess(() => [root, ...allowDirs, ...granted.current()], workspace.file);
    this.#ends.push(() => access.close());
    const describing = startDescribing();
    this.#ends.push(() => describing[Symbol.dispose]());
    const session = createSession({
      clock,
      log,
      version,
      workspace,
      mode: { safeMode: options.safeMode === true, singleFile: workspace.file !== undefined },
      configFile,
      watchConfig: (onChange) => watches.watchFile(configFile.path, configDebounceMs, onChange),
      host,
      plugins: {
        host,
        prepare: (entry) => {
          host.prepare();
          return preparePlugin(entry, {
            root,
            builtins: options.builtins,
            grants,
            approved: {
              read: (sha256, place) => kept.read(sha256, place),
              lastAt: (place) => kept.lastAt(place),
              keep: (artifact) =>
                kept.keep(artifact).catch((error: unknown) => {
                  log.warn(
                    { err: error },
                    "an approved artifact cannot be kept: it does not outlive its file",
                  );
                }),
            },
            allowDirs,
            trustWorkspace: options.trustWorkspace === true,
          });
        },
        prepared: (pluginId, preparation) => granted.follow(pluginId, preparation),
        watch,
        watchArtifact: (entry, onChange) => watchArtifact(watches, root, entry, onChange),
        released: (pluginId) => granted.release(pluginId),
        random: Math.random,
      },
      access,
      openWaveform: openInWorker,
      describeWaveform: describing.describe,
      grant: async ({ id, artifactPath }, sha256, requests) => {
        const places = await artifactPlaces(root, artifactPath);
        const approved = await grants.grant(approvalOf(id, sha256, requests, places), "panel");
        if (!approved.ok) return err({ code: "not-granted", message: approved.error });
        session.grantsChanged();
        return ok();
      },
      deny: async ({ id }, sha256, requests) => {
        const denied = await grants.deny(approvalOf(id, sha256, requests, []), "panel");
        if (!denied.ok) return err({ code: "not-denied", message: denied.error });
        session.grantsChanged();
        return ok();
      },
      revoke: async ({ id, sha256, artifactPath }) => {
        const places = await artifactPlaces(root, artifactPath);
        const plugin = { id, places, ...(sha256 !== undefined && { sha256 }) };
        const revoked = await grants.revoke(plugin, "panel");
        if (!revoked.ok) return err({ code: "not-granted", message: revoked.error });
        session.grantsChanged();
        return revoked;
      },
    });
    this.#ends.push(() => session.stop());
    this.#session = session;
    return session;
  }

  /** Approvals made by the command line while the server runs. */
  async #followGrants(grants: Grants, session: Session, watches: WatchService): Promise<void> {
    const { log } = this.#surroundings;
    const reload = async (): Promise<void> => {
      try {
        if (!(await grants.reload())) return;
        if (grants.problem !== undefined) session.notify("error", grants.problem);
        session.grantsChanged();
      } catch (error) {
        log.error({ err: error }, "the approvals cannot be read");
      }
    };
    const watching = await watches.watchFile(grants.file, configDebounceMs, () => {
      void reload();
    });
    if (watching.ok) {
      this.#ends.push(() => watching.value[Symbol.dispose]());
      // What was approved before anybody watched.
      await reload();
    } else log.warn(`approvals are not watched: ${watching.error.message}`);
  }
}

const version = "0.1.0";

/** Only what lies below the workspace is watched; anything else is refused when it is read. */
async function watchArtifact(
  watches: WatchService,
  root: string,
  entry: PluginEntry,
  onChange: () => void,
): Promise<Disposable | undefined> {
  if (entry.artifactPath.startsWith("builtin:")) return undefined;
  const artifact = path.resolve(root, entry.artifactPath);
  if (!isInside(artifact, root) || artifact === root) return undefined;
  const watching = new DisposableStore();
  // Also the manifest: a plugin that did not load for its manifest's sake loads when that is mended.
  for (const file of [artifact, manifestBeside(artifact)]) {
    const watched = await watches.watchFile(file, artifactDebounceMs, onChange);
    if (watched.ok) watching.add(watched.value);
  }
  return watching;
}

async function resolveAllowDirs({ allowDirs = [], allowRoot }: ServerOptions): Promise<readonly string[]> {
  return Promise.all(
    allowDirs.map(async (folder) => {
      const real = await realFolder(folder);
      if (real === undefined) {
        throw new ServerStartError(
          "folder-not-allowed",
          `there is no folder ${folder} that could be allowed`,
        );
      }
      if (path.dirname(real) === real && allowRoot !== true) {
        throw new ServerStartError(
          "folder-not-allowed",
          `${folder} is the whole file system; allow a folder below it, or say --allow-root if you mean it`,
        );
      }
      return real;
    }),
  );
}

/** Undefined for what does not exist and for what is no folder. */
async function realFolder(folder: string): Promise<string | undefined> {
  try {
    const real = await fs.realpath(path.resolve(folder));
    return (await fs.stat(real)).isDirectory() ? real : undefined;
  } catch {
    return undefined;
  }
}

/** Where servers of this user log unless they are told otherwise. */
export function logFileOf({ state }: Pick<ServerOptions["userFolders"], "state">): string {
  return path.join(state, "dev_server.log");
}

function openLog(options: ServerOptions): RotatingFile {
  const file = options.logFile ?? logFileOf(options.userFolders);
  try {
    return new RotatingFile(path.resolve(file));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ServerStartError("log-failed", `the log ${file} cannot be written: ${reason}`);
  }
}

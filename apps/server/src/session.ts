import { Emitter, type Clock, type Disposable, type Event, type Result } from "@novywave/base";
import type { ConfigFile } from "@novywave/config";
import { createFlow, type Actor, type Flow } from "@novywave/dataflow";
import type { PluginHost } from "@novywave/plugin-host";
import type {
  CheckedRequest,
  MethodMap,
  PluginLogRecord,
  ProtocolError,
  ServerEvent,
} from "@novywave/protocol";
import { createConfigActor, type ConfigMessage, type ConfigState } from "./actors/config-actor.js";
import type { ExecutionPorts } from "./actors/plugin-execution-actor.js";
import {
  createPluginManagerActor,
  type PluginManagerMessage,
  type PluginManagerState,
} from "./actors/plugin-manager-actor.js";
import { createOutsideLinksActor } from "./actors/outside-links-actor.js";
import { createTimelineActor, type TimelineMessage, type TimelineState } from "./actors/timeline-actor.js";
import { createTrackedFilesActor } from "./actors/tracked-files-actor.js";
import type { TrackedFilesMessage, TrackedFilesState } from "./actors/tracked-files-messages.js";
import type { FileAccess } from "./files/file-access.js";
import type { DescribeWaveform, OpenWaveform } from "./files/waveform-port.js";
import type { Answer, ServerApi } from "./http/api.js";
import { openMetrics } from "./http/open-metrics.js";
import { topicSources } from "./http/topic-sources.js";
import type { Logger } from "./log/logger.js";
import { PluginLogStore } from "./log/plugin-log-store.js";
import { fileMethods, type Handler } from "./methods/file-methods.js";
import { sessionMethods, type SessionMethodsOptions } from "./methods/session-methods.js";
import { createRelays, type Relays } from "./relays.js";
import { suspend, type SessionMode } from "./plugins/suspend.js";
import type { Workspace } from "./workspace.js";

export interface SessionOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly version: string;
  readonly workspace: Workspace;
  readonly mode: SessionMode;
  readonly configFile: Pick<ConfigFile, "path" | "load" | "apply">;
  readonly watchConfig: (onChange: () => void) => Promise<Result<Disposable, { readonly message: string }>>;
  readonly host: Pick<PluginHost, "published" | "logged" | "granted">;
  readonly plugins: Omit<ExecutionPorts, "onFailure">;
  readonly access: FileAccess;
  readonly openWaveform: OpenWaveform;
  readonly describeWaveform?: DescribeWaveform | undefined;
  readonly grant: SessionMethodsOptions["grant"];
  readonly deny: SessionMethodsOptions["deny"];
  readonly revoke: SessionMethodsOptions["revoke"];
}

/** Everything behind the HTTP server: the graph of actors and relays, and the answers made from it. */
export interface Session {
  readonly flow: Flow;
  readonly relays: Relays;
  readonly api: ServerApi;
  /** Starts the actors; a file that was asked for is opened. */
  start(): void;
  /** Approvals may have changed: looks at all plugins again. */
  grantsChanged(): void;
  /** Open files at or below these paths may have changed unseen: looks at them. */
  lookAgain(paths: readonly string[]): void;
  /** Keeps what the host says about a plugin in the plugin's log, for whoever opens it; it is in `dev_server.log` already. */
  pluginTold(record: PluginLogRecord): void;
  /** Tells whoever is connected. */
  notify(level: "info" | "warn" | "error", message: string): void;
  /** Writes what is not yet written, closes what is open. */
  stop(): Promise<void>;
}

interface Actors {
  readonly files: Actor<TrackedFilesState, TrackedFilesMessage>;
  readonly timeline: Actor<TimelineState, TimelineMessage>;
  readonly manager: Actor<PluginManagerState, PluginManagerMessage>;
  readonly config: Actor<ConfigState, ConfigMessage>;
}

export function createSession(options: SessionOptions): Session {
  const { log, workspace } = options;
  const flow = createFlow({
    clock: options.clock,
    onListenerError: (error, where) => log.error({ err: error }, `a listener failed: ${where}`),
  });
  const relays = createRelays(flow, options.configFile.path);
  const events = new Emitter<ServerEvent>();
  const notify: Session["notify"] = (level, message) => {
    log[level](message);
    events.emit({ kind: "notice", level, message });
  };
  logFlow(flow, log);
  const actors = createActors(options, flow, relays, notify);
  const pluginLogs = new PluginLogStore();
  relays.pluginLogged.subscribe((record) => {
    const kept = pluginLogs.add(record);
    log[record.level]({ plugin: record.pluginId }, kept.message);
    events.emit({ kind: "plugin-log", ...kept });
  });
  relays.fileRefreshed.subscribe((refreshed) => events.emit({ kind: "refreshed", ...refreshed }));
  const api = createApi(options, { flow, relays, actors, events: events.event, pluginLogs });

  return {
    flow,
    relays,
    api,
    notify,
    start() {
      flow.start();
      if (workspace.file === undefined) return;
      actors.files.send({ kind: "open-asked", path: workspace.file });
      actors.timeline.send({ kind: "activated", path: workspace.file });
    },
    grantsChanged() {
      actors.manager.send({ kind: "grants-changed" });
    },
    pluginTold(record) {
      events.emit({ kind: "plugin-log", ...pluginLogs.add(record) });
    },
    lookAgain(paths) {
      actors.files.send({ kind: "unseen", paths });
    },
    async stop() {
      if (flow.snapshot().started) {
        await new Promise<void>((resolve) => {
          if (!actors.config.send({ kind: "flush", done: resolve })) resolve();
        });
      }
      const loaded = [...actors.files.state.files.values()].flatMap((file) => file.loaded ?? []);
      flow[Symbol.dispose]();
      await Promise.all(loaded.map((waveform) => waveform.close()));
      events[Symbol.dispose]();
    },
  };
}

/** Listeners come before those whom they listen to: actors start in the order in which they are made. */
function createActors(
  options: SessionOptions,
  flow: Flow,
  relays: Relays,
  notify: Session["notify"],
): Actors {
  const { log, workspace } = options;
  const files = createTrackedFilesActor({
    flow,
    relays,
    access: options.access,
    openWaveform: options.openWaveform,
    describeWaveform: options.describeWaveform,
    root: workspace.root,
  });
  const timeline = createTimelineActor(flow, relays);
  const manager = createPluginManagerActor({
    flow,
    relays,
    host: options.host,
    ports: {
      ...options.plugins,
      // The host's own record of a death has the evidence; this one says what followed, also where nothing ran.
      onFailure: (plugin, { code, message }) => log.warn({ plugin, code }, `plugin is down: ${message}`),
    },
  });
  createOutsideLinksActor(flow, relays, options.host);
  const config = createConfigActor({
    flow,
    relays,
    file: options.configFile,
    watch: options.watchConfig,
    adapt: (entries) => suspend(entries, options.mode),
    onWriteFailure: (message) => notify("warn", message),
  });
  return { files, timeline, manager, config };
}

interface Parts {
  readonly flow: Flow;
  readonly relays: Relays;
  readonly actors: Actors;
  readonly events: Event<ServerEvent>;
  readonly pluginLogs: PluginLogStore;
}

function createApi(options: SessionOptions, { flow, relays, actors, events, pluginLogs }: Parts): ServerApi {
  const topics = topicSources(relays);
  const handlers: { readonly [M in keyof MethodMap]: Handler<M> } = {
    ...fileMethods({ files: actors.files, timeline: actors.timeline, access: options.access }),
    ...sessionMethods({
      flow,
      config: actors.config,
      manager: actors.manager,
      pluginLogs,
      pluginStatus: (id) => topics.plugins.current.find((status) => status.id === id),
      grant: options.grant,
      deny: options.deny,
      revoke: options.revoke,
    }),
  };
  return {
    version: options.version,
    workspace: options.workspace.root,
    topics,
    events,
    progress: relays.fileProgressed.subscribe,
    call: (request, signal) => dispatch(handlers, request, signal),
    metrics() {
      const metrics = relays.pluginMetrics.current;
      const files: Record<string, number> = {};
      for (const { state } of topics.files.current) files[state] = (files[state] ?? 0) + 1;
      return openMetrics({
        plugins: metrics.state === "ready" ? metrics.value : [],
        files,
        residentBytes: process.memoryUsage.rss(),
      });
    },
  };
}

function dispatch(
  handlers: { readonly [M in keyof MethodMap]: Handler<M> },
  request: CheckedRequest,
  signal: AbortSignal,
): Promise<Result<Answer, ProtocolError>> {
  // Method and parameters were checked together, which the type of a lookup by union cannot express.
  const handler = handlers[request.method] as (
    params: CheckedRequest["params"],
    signal: AbortSignal,
  ) => Promise<Result<Answer, ProtocolError>>;
  return handler(request.params, signal);
}

function logFlow(flow: Flow, log: Logger): void {
  flow.inspect((event) => {
    switch (event.kind) {
      case "failed":
        return log.error({ err: event.error, actor: event.actor }, "an actor failed");
      case "dropped":
        if (event.reason !== "overflow") return undefined;
        return log.warn({ target: event.target }, "a message was dropped: the mailbox is full");
      case "started":
      case "stopped":
      case "sent":
      case "delivered":
      case "taskStarted":
      case "taskEnded":
        return undefined;
    }
  });
}

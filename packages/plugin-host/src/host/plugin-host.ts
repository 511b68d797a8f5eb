import { Emitter, err, ok, type Clock, type Disposable, type Result } from "@novywave/base";
import type { Artifact } from "../artifact/artifact.js";
import { inspectArtifact, type InspectedArtifact } from "../artifact/inspect-artifact.js";
import { Broker } from "../broker/broker.js";
import { defaultExcludes } from "../broker/walk.js";
import { toConfigData } from "../config/config-data.js";
import type { PluginFailure } from "../failure.js";
import { partialLimitsSchema, wireLimits } from "../limits.js";
import { standingFolders } from "../paths/granted-folders.js";
import { spellingsOf, textsOf } from "../paths/spellings.js";
import { openInProcess } from "../transport/in-process.js";
import { openProcess } from "../transport/process.js";
import type { OpenTransport } from "../transport/transport.js";
import { Connection } from "./connection.js";
import { RunningInstance } from "./instance.js";
import { ReportLimit } from "./report-limit.js";
import type {
  GrantRecord,
  HostLogRecord,
  PluginHost,
  PluginHostOptions,
  PluginInstance,
  PluginLogRecord,
  PublishedEvent,
  StartOptions,
  StartRequest,
} from "./types.js";

/** Parts that tests replace. */
export interface PluginHostParts {
  /** Of deadlines; the machine's, even where plugins live on another clock. */
  readonly deadlineClock?: Clock;
  readonly open?: OpenTransport;
}

/** Makes a plugin host. It starts no process before the first plugin. Dispose it to end everything. */
export function createPluginHost(options: PluginHostOptions, parts: PluginHostParts = {}): PluginHost {
  return new Host(options, parts);
}

/** Plugins that run at once: each is a thread, and a workspace file can name as many as it likes. */
export const maxInstances = 128;

const closed: PluginFailure = { code: "cancelled", message: "the plugin host is closed" };

class Host implements PluginHost {
  readonly #options: PluginHostOptions;
  readonly #open: OpenTransport;
  readonly #deadlineClock: Clock;
  readonly #published = new Emitter<PublishedEvent>();
  readonly #logged = new Emitter<PluginLogRecord>();
  readonly #granted = new Emitter<GrantRecord>();
  readonly #hostDied = new Emitter<PluginFailure>();
  readonly #inspected = new WeakMap<Artifact, Result<InspectedArtifact, PluginFailure>>();
  readonly #instances = new Set<RunningInstance>();
  #connection: Connection | undefined;
  #disposed: Promise<void> | undefined;

  readonly published = this.#published.event;
  readonly logged = this.#logged.event;
  readonly granted = this.#granted.event;
  readonly hostDied = this.#hostDied.event;

  constructor(options: PluginHostOptions, parts: PluginHostParts) {
    this.#options = options;
    this.#deadlineClock = parts.deadlineClock ?? options.clock;
    this.#open = parts.open ?? (options.transport === "process" ? openProcess : openInProcess);
  }

  get processId(): number | undefined {
    return this.#connection?.alive === true ? this.#connection.processId : undefined;
  }

  prepare(): void {
    this.#connection?.prepare();
  }

  async start(
    request: StartRequest,
    { held = false }: StartOptions = {},
  ): Promise<Result<PluginInstance, PluginFailure>> {
    const started = await this.#start(request, held);
    if (!started.ok && started.error.code !== "cancelled") {
      this.#log("error", `did not start: ${started.error.message}`, request.pluginId, started.error);
    }
    return started;
  }

  async #start(request: StartRequest, held: boolean): Promise<Result<PluginInstance, PluginFailure>> {
    const checked = this.#check(request);
    if (!checked.ok) return checked;
    if (this.#disposed) return err(closed);
    const connection = this.#connect();
    // While the rest is looked up a worker boots, and the artifact is compiled.
    connection.prepare();
    const { bytes, sha256 } = request.artifact;
    const artifact = connection.hold({ sha256, bytes, limits: wireLimits(request.limits) });
    const made = await this.#make(request, checked.value, connection, artifact);
    if (!made.ok) {
      artifact[Symbol.dispose]();
      return made;
    }
    const instance = made.value;
    const started = await instance.start(toConfigData(request.config));
    if (!started.ok) return started;
    if (this.#disposed) {
      await instance.shutdown();
      return err(closed);
    }
    if (!held) instance.accept();
    return ok(instance);
  }

  /** The instance, which has not begun; the artifact is its own then. */
  async #make(
    request: StartRequest,
    inspected: InspectedArtifact,
    connection: Connection,
    artifact: Disposable,
  ): Promise<Result<RunningInstance, PluginFailure>> {
    const { workspace } = this.#options;
    const { standing: folders, moved } = await standingFolders(request.folders);
    for (const folder of moved) this.#refuseMoved(request.pluginId, folder);
    const spellings = await spellingsOf(
      [workspace, ...request.folders, ...(request.watch?.directories ?? []), ...textsOf(request.config)],
      folders,
    );
    const ready = await connection.ready;
    if (this.#disposed) return err(closed);
    if (!ready || !connection.alive) {
      return err({
        code: "host-died",
        message: "the plugin-host process did not start; dev_server.log says why",
      });
    }
    if (this.#instances.size >= maxInstances) {
      return err({ code: "limit", message: `${maxInstances} plugins run already; disable one` });
    }
    const { pluginId, manifest } = request;
    const asked = new Set(manifest.capabilities.map(({ name }) => name));
    const grant = {
      pluginId,
      capabilities: new Set(request.capabilities.filter((capability) => asked.has(capability))),
      folders,
      spellings,
      channels: new Set(request.channels.filter((channel) => manifest.channels.includes(channel))),
    };
    const config = toConfigData(request.config);
    const reports = new ReportLimit(this.#options.clock);
    const instance: RunningInstance = new RunningInstance({
      request,
      inspected,
      connection,
      artifact,
      clock: this.#deadlineClock,
      onEnd: () => this.#instances.delete(instance),
      published: (event) => this.#emit(this.#published, event),
      report: (level, message, failure) => {
        const write = (): void => this.#log(level, message, pluginId, failure);
        // The end of a plugin is told whatever it did to fill the log before.
        if (failure && failure.code !== "plugin-error") write();
        else reports.pass(write, (note) => this.#log("warn", note, pluginId));
      },
      makeBroker: (events) =>
        new Broker({
          ...events,
          grant,
          config,
          workspace: this.#options.workspace,
          limits: request.limits,
          excludes: this.#options.excludes ?? defaultExcludes,
          ports: this.#options.ports,
          clock: this.#options.clock,
          published: events.published,
          logged: (record) => this.#emit(this.#logged, record),
          audit: (record) => this.#emit(this.#granted, record),
        }),
    });
    this.#instances.add(instance);
    return ok(instance);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed ??= this.#close();
    await this.#disposed;
  }

  async #close(): Promise<void> {
    await Promise.all([...this.#instances].map((instance) => instance.shutdown()));
    await this.#connection?.close();
    for (const emitter of [this.#published, this.#logged, this.#granted, this.#hostDied])
      emitter[Symbol.dispose]();
  }

  /** What can be known before anything runs. */
  #check(request: StartRequest): Result<InspectedArtifact, PluginFailure> {
    const limits = partialLimitsSchema.safeParse(request.limits);
    if (!limits.success) {
      const issues = limits.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
      return err({ code: "limit", message: `limits are not possible: ${issues.join("; ")}` });
    }
    const { artifact } = request;
    const inspected = this.#inspected.get(artifact) ?? inspectArtifact(artifact);
    this.#inspected.set(artifact, inspected);
    if (!inspected.ok) return inspected;
    const asked = request.manifest.capabilities.map(({ name }) => name);
    for (const capability of inspected.value.uses) {
      if (!asked.includes(capability)) {
        return err({
          code: "incompatible",
          message: `the component imports \`${capability}\`, which its manifest does not ask for`,
        });
      }
    }
    // Of `file-contents` the manifest alone decides: what it needs is imported by everybody.
    for (const capability of asked.filter(
      (name) => name === "file-contents" || inspected.value.uses.includes(name),
    )) {
      if (request.capabilities.includes(capability)) continue;
      return err({
        code: "missing-capability",
        message: `the component imports the capability \`${capability}\`, which is not granted; approve it, or disable the plugin`,
        details: { capability },
      });
    }
    return inspected;
  }

  #refuseMoved(pluginId: string, folder: string): void {
    const reason = "the granted folder is not where it was: a link leads elsewhere";
    const time = this.#options.clock.now();
    this.#emit(this.#granted, {
      pluginId,
      time,
      decision: "denied",
      capability: "filesystem",
      scope: folder,
      reason,
    });
    this.#log("warn", `${folder}: ${reason}; it is left out`, pluginId);
  }

  /** The running process, or a new one. */
  #connect(): Connection {
    if (this.#connection?.alive === true) return this.#connection;
    const connection = new Connection(this.#open, this.#deadlineClock, {
      onLost: (reason) => {
        if (this.#disposed) return;
        const failure: PluginFailure = {
          code: "host-died",
          message: `the plugin-host process is gone: ${reason}`,
        };
        this.#log("error", failure.message, undefined, failure);
        this.#emit(this.#hostDied, failure);
      },
      onOutput: (line) => this.#log("warn", `plugin-host process: ${line}`),
      onViolation: (message) => this.#log("error", message),
    });
    this.#connection = connection;
    return connection;
  }

  /** A listener that throws is its owner's fault, not the plugin's. */
  #emit<T>(emitter: Emitter<T>, value: T): void {
    try {
      emitter.emit(value);
    } catch (error) {
      this.#log(
        "error",
        `a listener failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
      );
    }
  }

  #log(level: HostLogRecord["level"], message: string, pluginId?: string, failure?: PluginFailure): void {
    this.#options.log({
      level,
      message,
      time: this.#options.clock.now(),
      ...(pluginId === undefined ? {} : { pluginId }),
      ...(failure === undefined ? {} : { failure }),
    });
  }
}

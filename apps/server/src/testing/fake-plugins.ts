import { Emitter, err, ok, toDisposable, type Result } from "@novywave/base";
import type { HostEvent } from "@novywave/contract";
import {
  defaultLimits,
  type PluginFailure,
  type PluginInstance,
  type PluginLogRecord,
  type PublishedEvent,
  type StartRequest,
} from "@novywave/plugin-host";
import type { ExecutionPorts } from "../actors/plugin-execution-actor.js";
import type { PluginEntry } from "../plugins/plugin-entry.js";
import type { Preparation } from "../plugins/preparation.js";

/** An instance that does what the test says. */
export class FakeInstance {
  readonly pluginId: string;
  readonly world = "plugin" as const;
  readonly request: StartRequest;
  readonly events: HostEvent[] = [];
  readonly #died = new Emitter<PluginFailure>();
  failure: PluginFailure | undefined;
  unhandled: readonly string[] = [];
  shutdowns = 0;
  accepted = false;
  retired = false;
  /** Where it is set, retiring waits for it, as for a call that runs. */
  busy: Promise<void> | undefined;
  /** Changes that it has not handled when it retires. */
  waiting: readonly string[] = [];
  toldOfOpenedFiles = 0;
  readonly reported: string[][] = [];

  constructor(request: StartRequest) {
    this.pluginId = request.pluginId;
    this.request = request;
  }

  /** Who hears of its death. */
  listeners = 0;

  readonly died: PluginInstance["died"] = (listener) => {
    const listening = this.#died.event(listener);
    this.listeners++;
    return toDisposable(() => {
      this.listeners--;
      listening[Symbol.dispose]();
    });
  };

  get metadata(): PluginInstance["metadata"] {
    const greeting = this.request.config["greeting"];
    return {
      version: "0.1.0",
      description: typeof greeting === "string" ? `Hello, ${greeting}` : "",
      capabilities: [],
      configSchema: undefined,
    };
  }

  get stats(): PluginInstance["stats"] {
    return {
      calls: 1,
      errors: 0,
      traps: 0,
      hostCalls: 0,
      denied: 0,
      droppedLogs: 0,
      shed: {},
      liftedBytes: 0,
      memoryBytes: 65_536,
      queueDepth: 0,
      exports: {},
    };
  }

  async handleEvent(event: HostEvent): Promise<Result<void, PluginFailure>> {
    this.events.push(event);
    return ok();
  }

  report(paths: readonly string[]): boolean {
    if (this.failure) return false;
    if (paths.length > 0) this.reported.push([...paths]);
    return true;
  }

  openedFilesChanged(): void {
    this.toldOfOpenedFiles++;
  }

  accept(changed: readonly string[] = []): boolean {
    this.accepted = true;
    return this.report(changed);
  }

  async retire(): Promise<readonly string[]> {
    this.retired = true;
    await this.busy;
    return this.waiting;
  }

  async idle(): Promise<void> {}

  async shutdown(): Promise<void> {
    this.shutdowns++;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.shutdown();
  }

  die(failure: Partial<PluginFailure> = {}, unhandled: readonly string[] = []): void {
    this.unhandled = unhandled;
    this.failure = { code: "trap", message: "unreachable", ...failure };
    this.#died.emit(this.failure);
  }
}

export function entry(id: string, overrides: Partial<PluginEntry> = {}): PluginEntry {
  return { id, enabled: true, artifactPath: `${id}.wasm`, config: {}, ...overrides };
}

/** A host and its surroundings in memory. */
export class FakePlugins {
  readonly instances: FakeInstance[] = [];
  readonly failures: PluginFailure[] = [];
  readonly #published = new Emitter<PublishedEvent>();
  readonly #logged = new Emitter<PluginLogRecord>();
  /** Content of each artifact; a new text is a new build. */
  readonly artifacts = new Map<string, string>();
  /** Answers of `start`, by plugin id; otherwise it succeeds. */
  readonly startFailures = new Map<string, PluginFailure>();
  /** Plugins whose user has approved nothing. */
  readonly unapproved = new Set<string>();
  /** Answers of `prepare`, by plugin id. */
  readonly preparationFailures = new Map<string, PluginFailure>();
  /** Plugins on which preparing throws. */
  readonly bugs = new Set<string>();
  /** Who hears of changes, and in which folders. */
  readonly watches = new Map<(paths: readonly string[]) => void, readonly string[]>();
  readonly artifactWatches = new Map<string, () => void>();
  readonly released: string[] = [];
  /** Plugins of which a preparation counts. */
  readonly granted = new Set<string>();
  /** Where it is set, preparing and watching wait for it. */
  gate: Promise<void> | undefined;
  prepared = 0;

  readonly host = {
    published: (listener: (value: PublishedEvent) => void) => this.#published.event(listener),
    logged: (listener: (value: PluginLogRecord) => void) => this.#logged.event(listener),
  };

  readonly ports: ExecutionPorts = {
    prepare: async (wanted) => {
      await this.gate;
      return this.#prepare(wanted);
    },
    host: { start: async (request) => this.#start(request) },
    watch: async (directories, _debounceMs, onChange) => {
      this.watches.set(onChange, directories);
      return ok(toDisposable(() => this.watches.delete(onChange)));
    },
    watchArtifact: async (wanted, onChange) => {
      await this.gate;
      const { artifactPath } = wanted;
      this.artifactWatches.set(artifactPath, onChange);
      return toDisposable(() => this.artifactWatches.delete(artifactPath));
    },
    prepared: (id, preparation) => {
      if (preparation.kind === "startable") this.granted.add(id);
      else this.granted.delete(id);
    },
    released: (id) => {
      this.released.push(id);
      this.granted.delete(id);
    },
    random: () => 0,
    onFailure: (_id, failure) => this.failures.push(failure),
  };

  of(id: string): FakeInstance[] {
    return this.instances.filter(({ pluginId }) => pluginId === id);
  }

  publish(pluginId: string, event: PublishedEvent["event"]): void {
    this.#published.emit({ pluginId, channel: event.tag, event });
  }

  #start(request: StartRequest): Result<PluginInstance, PluginFailure> {
    const failure = this.startFailures.get(request.pluginId);
    if (failure) return err(failure);
    const instance = new FakeInstance(request);
    this.instances.push(instance);
    return ok(instance);
  }

  #prepare(wanted: PluginEntry): Preparation {
    this.prepared++;
    if (this.bugs.has(wanted.id)) throw new Error("a bug");
    const failure = this.preparationFailures.get(wanted.id);
    if (failure) return { kind: "failed", failure };
    const sha256 = this.artifacts.get(wanted.id) ?? "build-1";
    const facts = { version: "0.1.0", sha256, capabilities: ["relay"], description: "" };
    if (this.unapproved.has(wanted.id)) {
      return {
        kind: "needs-consent",
        facts,
        message: "Not approved yet",
        requests: {
          capabilities: [{ name: "relay", reason: "to publish", approvedBefore: false }],
          folders: [],
          limits: [],
        },
      };
    }
    return {
      kind: "startable",
      facts,
      request: {
        pluginId: wanted.id,
        artifact: {
          path: wanted.artifactPath,
          place: wanted.artifactPath,
          bytes: new Uint8Array(),
          sha256,
          size: 0,
        },
        manifest: {
          id: wanted.id,
          version: "0.1.0",
          description: "",
          authors: [],
          license: "",
          capabilities: [],
          channels: [],
          source: "imports",
        },
        config: wanted.config,
        channels: [],
        capabilities: [],
        folders: [],
        limits: defaultLimits,
        ...(wanted.watch && { watch: wanted.watch }),
      },
    };
  }
}

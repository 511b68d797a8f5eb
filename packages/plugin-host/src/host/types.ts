import type { Clock, Disposable, Event, Result } from "@novywave/base";
import type { HostEvent, LogLevel, PluginEvent, PluginMetadata } from "@novywave/contract";
import type { Artifact } from "../artifact/artifact.js";
import type { WorldName } from "../artifact/check-exports.js";
import type { Capability } from "../capability.js";
import type { PluginFailure } from "../failure.js";
import type { PluginLimits } from "../limits.js";
import type { Manifest } from "../manifest/manifest.js";
import type { PluginStats } from "./stats.js";

/** Closed with `await`. */
export interface AsyncDisposable {
  [Symbol.asyncDispose](): Promise<void>;
}

/** What the server lends to the broker. */
export interface HostPorts {
  /**
   * Watches folders and all below them; `onChange` gets the paths that changed after `debounceMs` of quiet. The folders
   * are canonical and granted; one may not exist yet. The error is a text for people.
   */
  watch(
    directories: readonly string[],
    debounceMs: number,
    onChange: (paths: readonly string[]) => void,
  ): Promise<Result<Disposable, string>>;
  /** The waveform files that are open, absolute. Plugins of NovyWave 0.2 may ask for those in their folders. */
  readonly openedFiles?: () => readonly string[];
}

export interface PluginHostOptions {
  /** `process`: a child process for all plugins; `in-process`: their workers live in this process. */
  readonly transport: "process" | "in-process";
  /** The workspace's folder, absolute. Paths of plugins are relative to it. */
  readonly workspace: string;
  readonly ports: HostPorts;
  readonly clock: Clock;
  /** Gets what happens in the host itself, structured, for `dev_server.log`. */
  readonly log: (record: HostLogRecord) => void;
  /** Folder names that walks leave out; the default is {@link defaultExcludes}. */
  readonly excludes?: readonly string[];
}

/** Something that happened in the host. */
export interface HostLogRecord {
  readonly level: LogLevel;
  readonly message: string;
  /** Milliseconds since the Unix epoch. */
  readonly time: number;
  readonly pluginId?: string;
  /** The structured record of a failure: code, export, backtrace, evidence. */
  readonly failure?: PluginFailure;
}

/** A line that a plugin logged. */
export interface PluginLogRecord {
  readonly pluginId: string;
  readonly level: LogLevel;
  readonly message: string;
  /** Milliseconds since the Unix epoch. */
  readonly time: number;
}

/** A fact that a plugin published; checked. */
export interface PublishedEvent {
  readonly pluginId: string;
  readonly channel: string;
  readonly event: PluginEvent;
}

/** One line of the audit: what a plugin was given, or what it tried and did not get. */
export interface GrantRecord {
  readonly pluginId: string;
  /** Milliseconds since the Unix epoch. */
  readonly time: number;
  /** `outside`: a symbolic link inside a granted folder leads out of it; a person may allow its target. */
  readonly decision: "granted" | "denied" | "outside";
  readonly capability: Capability;
  /** What it is about: a folder, a channel, a path; empty for the capability itself. */
  readonly scope: string;
  readonly reason: string;
  /** Of `outside`: where the link at `scope` leads. */
  readonly target?: string;
}

export interface StartRequest {
  /** The id of the entry; stamped on everything that the plugin publishes and logs. */
  readonly pluginId: string;
  readonly artifact: Artifact;
  readonly manifest: Manifest;
  /** The `config` table of the entry. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Channels of the entry; those that the manifest does not name are dropped. */
  readonly channels: readonly string[];
  /** Granted capabilities. */
  readonly capabilities: readonly Capability[];
  /**
   * Granted folders, canonical (absolute, no link on the way, see {@link sortFolders}). One that leads elsewhere when the plugin
   * starts is refused, with a line in the audit: a grant is for the place that somebody agreed to.
   */
  readonly folders: readonly string[];
  /** The entry's `watch` table: becomes a subscription before `init`. */
  readonly watch?: {
    readonly directories: readonly string[];
    readonly debounceMs: number;
    /** `host` (the default): the host watches; `caller`: the caller does, and tells by {@link PluginInstance.report}. */
    readonly reportedBy?: "host" | "caller";
  };
  readonly limits: PluginLimits;
}

export interface StartOptions {
  /** The instance queues events and keeps what `init` published until {@link PluginInstance.accept}. */
  readonly held?: boolean;
}

/** A running plugin. */
export interface PluginInstance extends AsyncDisposable {
  readonly pluginId: string;
  readonly world: WorldName;
  /** What `init` answered. */
  readonly metadata: PluginMetadata;
  /** Fires once, when the instance ends without having been asked to. */
  readonly died: Event<PluginFailure>;
  /** Why it ended, once it has. */
  readonly failure: PluginFailure | undefined;
  /**
   * Queues an event and answers when the guest has handled it; events are handled in the order in which they came. From when
   * it is its turn on, `config-updated` also changes what `config.get` answers; of a `filesystem-change` of one of its
   * subscriptions the guest hears of the paths that it may see.
   */
  handleEvent(event: HostEvent): Promise<Result<void, PluginFailure>>;
  /** Other files are open than before: plugins of NovyWave 0.2 hear of it, others do not. */
  openedFilesChanged(): void;
  /**
   * Changes in the folders of the `watch` table, if the caller watches them; checked like those of watchers. False if the
   * instance has ended: it has told of its death, and another one is to be told of these.
   */
  report(paths: readonly string[]): boolean;
  /**
   * Lets an instance that was started `held` handle events, and tells what its `init` published. `changed` are paths that
   * changed before: each subscription hears of those in its folders. False as for {@link report}.
   */
  accept(changed?: readonly string[]): boolean;
  /**
   * Takes no more events and resolves when no call runs. Answers with the paths of changes that were not handled, for
   * the instance that takes over; `shutdown` is the next thing to do.
   */
  retire(): Promise<readonly string[]>;
  /** Paths of changes that were not handled when the instance died, among them those of a call that shared the fate of the process. */
  readonly unhandled: readonly string[];
  /** Only in the smoke world. */
  greet?(): Promise<Result<void, PluginFailure>>;
  /** Resolves when no event waits and no call runs. */
  idle(): Promise<void>;
  /**
   * Calls `shutdown` under its deadline, then releases worker, watches and timers. Never fails. What the plugin publishes
   * there is told nobody.
   */
  shutdown(): Promise<void>;
  readonly stats: PluginStats;
}

export interface PluginHost extends AsyncDisposable {
  /**
   * Says that an artifact is about to be read, which may end in a `start`: a worker boots meanwhile, if none is ready. Does
   * nothing before the first `start`.
   */
  prepare(): void;
  /** Worker, compile, check, instantiate, `init`: each under its deadline. */
  start(request: StartRequest, options?: StartOptions): Promise<Result<PluginInstance, PluginFailure>>;
  readonly published: Event<PublishedEvent>;
  readonly logged: Event<PluginLogRecord>;
  readonly granted: Event<GrantRecord>;
  /** The plugin-host process ended; its instances report that they died as well. The next `start` boots a new one. */
  readonly hostDied: Event<PluginFailure>;
  /** The process in which plugins run, while it runs; this process for the in-process transport. */
  readonly processId: number | undefined;
}

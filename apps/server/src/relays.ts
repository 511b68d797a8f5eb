import type { Flow, Relay, StateRelay } from "@novywave/dataflow";
import type {
  ConfigStatus,
  FileStatus,
  PluginLogRecord,
  PluginStatus,
  TimelineStatus,
  WorkspaceView,
} from "@novywave/protocol";

import type { PluginEvent } from "@novywave/contract";
import type { FileProgress } from "./http/api.js";
import type { OutsideLink } from "./plugins/outside-links.js";
import type { PluginEntry } from "./plugins/plugin-entry.js";
import type { PluginMetrics } from "./plugins/plugin-metrics.js";

/**
 * What a state relay carries (R1.3): not yet known, known to be nothing, known, or known to be wrong. Nobody has to
 * guess whether a default value is a fact.
 */
export type RelayState<T> =
  | { readonly state: "loading" }
  | { readonly state: "empty"; readonly message?: string }
  | { readonly state: "ready"; readonly value: T }
  | { readonly state: "error"; readonly message: string };

export const loading = { state: "loading" } as const;

export function ready<T>(value: T): RelayState<T> {
  return { state: "ready", value };
}

/** What a person was looking at when the configuration was last written; `revision` grows when someone else wrote it. */
export interface ViewReplay {
  readonly view: WorkspaceView;
  readonly revision: number;
}

/** Something a plugin published, checked by the host; `pluginId` is the host's word, not the plugin's. */
export interface PublishedFact {
  readonly pluginId: string;
  readonly event: PluginEvent;
}

/** Paths that plugins found, by plugin id, each list sorted. */
export type Discoveries = ReadonlyMap<string, readonly string[]>;

/** An open file was read again. */
export interface FileRefreshed {
  readonly path: string;
  readonly revision: number;
}

/** The relays of R8 and those between the server's own actors. Each has one emitter, claimed by the actor it names. */
export interface Relays {
  /** State of the configuration file. Emitter: config actor. */
  readonly configStatus: StateRelay<ConfigStatus>;
  /** Core user interface and workspace state; always before `pluginsConfigReplay` (R2.6). Emitter: config actor. */
  readonly workspaceReplay: StateRelay<RelayState<ViewReplay>>;
  /** The `[plugins]` section. Emitter: config actor. */
  readonly pluginsConfigReplay: StateRelay<RelayState<readonly PluginEntry[]>>;
  /** Id, state and message of every plugin. Emitter: plugin manager. */
  readonly pluginStatus: StateRelay<RelayState<readonly PluginStatus[]>>;
  /** Discovery, log and refresh-timeline, as they come. Emitter: plugin manager. */
  readonly pluginEvent: Relay<PublishedFact>;
  /** What plugins wrote with `log`, and what the host says about them. Emitter: plugin manager. */
  readonly pluginLogged: Relay<PluginLogRecord>;
  /** The union of what plugins found. Emitter: plugin manager. */
  readonly pluginDiscovery: StateRelay<RelayState<Discoveries>>;
  /** Counters for whoever looks for a fault (R6.7). Emitter: plugin manager. */
  readonly pluginMetrics: StateRelay<RelayState<readonly PluginMetrics[]>>;
  /** Links that lead out of what plugins may see. Emitter: outside links. */
  readonly pluginOutside: StateRelay<RelayState<readonly OutsideLink[]>>;
  /** Emitter: tracked files. */
  readonly filesState: StateRelay<RelayState<readonly FileStatus[]>>;
  /** Paths of the files that are open, sorted. Emitter: tracked files. */
  readonly openedFiles: StateRelay<readonly string[]>;
  /** Emitter: tracked files. */
  readonly fileProgressed: Relay<FileProgress>;
  /** Emitter: tracked files. */
  readonly fileRefreshed: Relay<FileRefreshed>;
  /** Emitter: timeline. */
  readonly timelineState: StateRelay<TimelineStatus>;
}

export function createRelays(flow: Flow, configPath: string): Relays {
  return {
    configStatus: flow.stateRelay<ConfigStatus>(
      "config_status",
      { state: "loading", path: configPath },
      { equal: sameJson },
    ),
    workspaceReplay: flow.stateRelay<RelayState<ViewReplay>>("workspace_replay", loading),
    pluginsConfigReplay: flow.stateRelay<RelayState<readonly PluginEntry[]>>(
      "plugins_config_replay",
      loading,
    ),
    pluginStatus: flow.stateRelay<RelayState<readonly PluginStatus[]>>("plugin_status", loading, {
      equal: sameJson,
    }),
    pluginEvent: flow.relay<PublishedFact>("plugin_event"),
    pluginLogged: flow.relay<PluginLogRecord>("plugin_logged"),
    pluginDiscovery: flow.stateRelay<RelayState<Discoveries>>("plugin_discovery", loading),
    pluginMetrics: flow.stateRelay<RelayState<readonly PluginMetrics[]>>("plugin_metrics", loading, {
      equal: sameJson,
    }),
    pluginOutside: flow.stateRelay<RelayState<readonly OutsideLink[]>>("plugin_outside", loading),
    filesState: flow.stateRelay<RelayState<readonly FileStatus[]>>("files_state", loading),
    openedFiles: flow.stateRelay<readonly string[]>("opened_files", [], { equal: sameJson }),
    fileProgressed: flow.relay<FileProgress>("file_progressed"),
    fileRefreshed: flow.relay<FileRefreshed>("file_refreshed"),
    timelineState: flow.stateRelay<TimelineStatus>(
      "timeline_state",
      { state: "empty", revision: 0 },
      { equal: sameJson },
    ),
  };
}

/** For values that are plain data. */
function sameJson(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

import type { PluginFailure, StartRequest } from "@novywave/plugin-host";
import type { ConsentRequest } from "@novywave/protocol";
import type { PluginEntry } from "../plugin-entry.js";
import type { ArtifactFacts, Preparation } from "../preparation.js";

/** An instance is named by the attempt that made it. */
export type InstanceId = number;

/** What runs, and what it was made of. */
export interface Running {
  readonly instance: InstanceId;
  readonly sha256: string;
  readonly entry: PluginEntry;
  /** What the plugin says about itself; may be empty. */
  readonly description: string;
}

/** Why what runs is not what the entry asks for now. */
export type Held =
  | { readonly kind: "failed"; readonly failure: PluginFailure }
  | { readonly kind: "needs-consent"; readonly message: string; readonly requests: ConsentRequest };

/** When it is tried again, and how many deaths in a row that follows. */
export interface Retry {
  readonly attempt: number;
  /** Milliseconds since the Unix epoch. */
  readonly retryAt: number;
}

/** The states of a plugin. Whatever is true of a plugin follows from one of these. */
export type LifecycleState =
  /** Turned off in the file, or suspended by the program. */
  | { readonly kind: "disabled" }
  /** Nothing runs; an attempt is under way. */
  | { readonly kind: "loading" }
  /** An instance handles events; `held` if a newer build or configuration did not take its place. */
  | { readonly kind: "ready"; readonly running: Running; readonly held?: Held }
  /** An instance handles events while its successor starts beside it. */
  | { readonly kind: "reloading"; readonly running: Running }
  /** Nothing runs until this user approves. */
  | { readonly kind: "needs-consent"; readonly message: string; readonly requests: ConsentRequest }
  /** Nothing runs: the artifact does not fit this host. */
  | { readonly kind: "incompatible"; readonly failure: PluginFailure }
  /** Nothing runs: it failed. With `retry` it died and is tried again by itself; else only after a change. */
  | { readonly kind: "error"; readonly failure: PluginFailure; readonly retry?: Retry }
  /** Nothing runs: it died, the failure has been shown, the next attempt is waited for. */
  | { readonly kind: "backoff"; readonly failure: PluginFailure; readonly retry: Retry }
  /** Nothing runs: it died too often in a row; waits for a person, a changed entry or another build. */
  | {
      readonly kind: "quarantined";
      readonly failure: PluginFailure;
      readonly deaths: number;
      readonly sha256?: string;
    };

/** The attempt that is under way; answers of any other are stale. */
export type Flight =
  | { readonly step: "none" }
  | { readonly step: "preparing"; readonly attempt: number }
  | { readonly step: "starting"; readonly attempt: number; readonly request: StartRequest };

/** All that is remembered about one plugin. Plain data. */
export interface Lifecycle {
  readonly entry: PluginEntry;
  readonly state: LifecycleState;
  readonly flight: Flight;
  /** Attempts so far; the number of the last one. */
  readonly attempts: number;
  /** Deaths in a row for which the plugin is to blame. */
  readonly deaths: number;
  /** Times in a row that the process went down while the plugin did nothing. */
  readonly losses: number;
  /** Paths that changed while no instance was there: told to the next one. Sorted, bounded. */
  readonly missed: readonly string[];
  /** The folders of the `watch` table in force, which stand for more changes than are remembered. */
  readonly watched: readonly string[];
  readonly facts?: ArtifactFacts;
  /** Since the server started. */
  readonly totals: { readonly deaths: number; readonly starts: number };
}

export type LifecycleEvent =
  | { readonly kind: "configured"; readonly entry: PluginEntry }
  | { readonly kind: "retry-asked" }
  | { readonly kind: "artifact-changed" }
  | { readonly kind: "grants-changed" }
  | { readonly kind: "prepared"; readonly attempt: number; readonly preparation: Preparation }
  | { readonly kind: "started"; readonly attempt: number; readonly description: string }
  | { readonly kind: "start-failed"; readonly attempt: number; readonly failure: PluginFailure }
  | {
      readonly kind: "died";
      readonly instance: InstanceId;
      readonly failure: PluginFailure;
      /** Changes that it had not handled yet. */
      readonly unhandled: readonly string[];
    }
  | { readonly kind: "failure-shown"; readonly attempt: number }
  | { readonly kind: "retry-due"; readonly attempt: number }
  | { readonly kind: "stayed-healthy"; readonly instance: InstanceId }
  | { readonly kind: "changed"; readonly paths: readonly string[] };

export type TimerName = "failure-shown" | "retry" | "healthy";

/** What is to be done in the world; the execution actor does it and decides nothing. */
export type Effect =
  /** Read, inspect and weigh the artifact; answers with `prepared`. */
  | { readonly kind: "prepare"; readonly attempt: number; readonly entry: PluginEntry }
  /** Watch the folders of its `watch` table, then start an instance that is held; `started` or `start-failed` follows. */
  | {
      readonly kind: "start";
      readonly attempt: number;
      readonly request: StartRequest;
      /** Whether another instance runs meanwhile. */
      readonly beside: boolean;
    }
  /** Let the new instance handle events: those that `from` leaves behind, those that were missed, those to come. */
  | {
      readonly kind: "take-over";
      readonly instance: InstanceId;
      readonly from?: InstanceId;
      readonly missed: readonly string[];
    }
  /** Shut an instance down and release what it has. */
  | { readonly kind: "stop"; readonly instance: InstanceId }
  | { readonly kind: "deliver"; readonly instance: InstanceId; readonly paths: readonly string[] }
  /** Send `event` after a while, in the place of what this timer was to send before. */
  | {
      readonly kind: "schedule";
      readonly timer: TimerName;
      readonly delayMs: number;
      readonly event: LifecycleEvent;
    }
  | { readonly kind: "cancel"; readonly timers: readonly TimerName[] }
  | { readonly kind: "watch-artifact"; readonly entry: PluginEntry }
  | { readonly kind: "unwatch-artifact" }
  /** Stop watching the folders of the `watch` table. */
  | { readonly kind: "unwatch-folders" }
  /** This preparation is the one in force: what it grants counts. */
  | { readonly kind: "in-force"; readonly preparation: Preparation }
  /** Nothing is granted any more. */
  | { readonly kind: "released" }
  /** A death or a failure to start, for the structured log. */
  | { readonly kind: "report"; readonly failure: PluginFailure };

/** What a transition takes from outside: time and chance. */
export interface Surroundings {
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
  /** In [0, 1). */
  readonly random: number;
}

export interface Step {
  readonly next: Lifecycle;
  readonly effects: readonly Effect[];
}

/** Before the first `configured`. */
export function newLifecycle(entry: PluginEntry): Lifecycle {
  return {
    entry,
    state: { kind: "loading" },
    flight: { step: "none" },
    attempts: 0,
    deaths: 0,
    losses: 0,
    missed: [],
    watched: [],
    totals: { deaths: 0, starts: 0 },
  };
}

/** The instance that handles events, if one does. */
export function runningOf(state: LifecycleState): Running | undefined {
  return state.kind === "ready" || state.kind === "reloading" ? state.running : undefined;
}

export function isOff(entry: PluginEntry): boolean {
  return !entry.enabled || entry.suspended !== undefined;
}

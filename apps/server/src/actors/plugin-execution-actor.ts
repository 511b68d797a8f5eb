import type { Actor, ActorContext, Flow } from "@novywave/dataflow";
import { assertNever, err, type Disposable, type Result } from "@novywave/base";
import type { PluginFailure, PluginHost, PluginInstance, StartRequest } from "@novywave/plugin-host";
import type { PluginStatus } from "@novywave/protocol";
import { backoffDelay, failureShownMs, healthyMs, maxDeaths } from "../plugins/backoff.js";
import { adviceFor, isDeath } from "../plugins/failure-advice.js";
import { sameEntry, type PluginEntry } from "../plugins/plugin-entry.js";
import type { ArtifactFacts, Preparation, Prepare } from "../plugins/preparation.js";

/** What an execution actor needs of the world. */
export interface ExecutionPorts {
  readonly prepare: Prepare;
  /** Told of the preparation that counts; one that was overtaken is never told. */
  readonly prepared: (pluginId: string, preparation: Preparation) => void;
  readonly host: Pick<PluginHost, "start">;
  /** Watches folders of the entry's `watch` table for the time in which no instance is there to hear of changes. */
  readonly watch: (
    directories: readonly string[],
    debounceMs: number,
    onChange: (paths: readonly string[]) => void,
  ) => Promise<Result<Disposable, string>>;
  /** Watches the artifact of the entry; undefined for one that cannot change. */
  readonly watchArtifact: (entry: PluginEntry, onChange: () => void) => Promise<Disposable | undefined>;
  /** In [0, 1). */
  readonly random: () => number;
  /** Told when an entry was turned off or is gone: what its preparation granted counts no longer. */
  readonly released: (pluginId: string) => void;
  /** Told of every death and failure to start, for the structured log. */
  readonly onFailure: (pluginId: string, failure: PluginFailure) => void;
}

/** What is said about the plugin now, without what follows from its entry. */
type Told = Pick<PluginStatus, "state" | "message" | "since"> &
  Partial<Pick<PluginStatus, "code" | "action" | "requests" | "attempt" | "retryAt">>;

export interface ExecutionState {
  readonly entry: PluginEntry;
  readonly told: Told;
  readonly facts?: ArtifactFacts;
  /** The instance that handles events. While another is prepared this one runs on. */
  readonly instance?: PluginInstance;
  /** What the instance was made of. */
  readonly runs?: { readonly sha256: string; readonly entry: PluginEntry };
  /** Number of the attempt in flight or of the last one; answers to earlier ones are stale. */
  readonly attempt: number;
  /** Deaths in a row. */
  readonly deaths: number;
  /** Since the server started. */
  readonly allDeaths: number;
  readonly starts: number;
  /** Changes that happened while no instance was there. */
  readonly missed: readonly string[];
}

export type ExecutionMessage =
  | { readonly kind: "configured"; readonly entry: PluginEntry }
  | { readonly kind: "retry-asked" }
  | { readonly kind: "artifact-changed" }
  | { readonly kind: "grants-changed" }
  | { readonly kind: "prepared"; readonly attempt: number; readonly preparation: Preparation }
  | {
      readonly kind: "started";
      readonly attempt: number;
      readonly request: StartRequest;
      readonly result: Result<PluginInstance, PluginFailure>;
    }
  | { readonly kind: "died"; readonly instance: PluginInstance; readonly failure: PluginFailure }
  | { readonly kind: "wait-shown"; readonly attempt: number; readonly retryAt: number }
  | { readonly kind: "retry-due"; readonly attempt: number }
  | { readonly kind: "stayed-healthy"; readonly instance: PluginInstance }
  | { readonly kind: "missed"; readonly paths: readonly string[] };

type Context = ActorContext<ExecutionState, ExecutionMessage>;

/** Changes remembered for a plugin that is down; beyond, it is told of the watched folders instead. */
const maxMissed = 10_000;

/** The host makes the first subscription of an instance out of the entry's `watch` table. */
const seedSubscription = 1n;

/** What the world is told about a plugin. */
export function pluginStatus({ entry, told, facts }: ExecutionState): PluginStatus {
  return {
    id: entry.id,
    enabled: entry.enabled,
    artifactPath: entry.artifactPath,
    config: entry.config,
    ...told,
    ...(facts && {
      version: facts.version,
      sha256: facts.sha256,
      capabilities: [...facts.capabilities],
      configSchema: facts.configSchema,
    }),
  };
}

/**
 * One plugin: prepares it, starts it, watches it die, tries again. A new build or configuration is started beside the
 * running instance and takes over when it is ready; if it fails, the running one stays and the status says so.
 */
export function createPluginExecutionActor(
  flow: Flow,
  entry: PluginEntry,
  ports: ExecutionPorts,
): Actor<ExecutionState, ExecutionMessage> {
  const execution = new Execution(ports);
  return flow.actor<ExecutionState, ExecutionMessage>({
    name: `plugin:${entry.id}`,
    initial: {
      entry,
      told: { state: "loading", message: "Loading", since: flow.clock.now() },
      attempt: 0,
      deaths: 0,
      allDeaths: 0,
      starts: 0,
      missed: [],
    },
    start: (context) => context.send({ kind: "configured", entry }),
    receive: (state, message, context) => execution.receive(state, message, context),
  });
}

/** Over the artifact of the entry; `ready` resolves when changes are seen. */
interface ArtifactWatch {
  readonly ready: Promise<void>;
  watch?: Disposable;
}

/** Over the folders of the `watch` table, while no instance may be there to hear of changes. */
interface StandIn {
  readonly key: string;
  readonly directories: readonly string[];
  watch?: Disposable;
}

/** The transitions, and the resources that follow from the state: watchers and timers. */
class Execution {
  readonly #ports: ExecutionPorts;
  #artifactWatch: ArtifactWatch | undefined;
  #standIn: StandIn | undefined;
  #instanceEnds: Disposable | undefined;
  #timers: Disposable[] = [];

  constructor(ports: ExecutionPorts) {
    this.#ports = ports;
  }

  receive(state: ExecutionState, message: ExecutionMessage, context: Context): ExecutionState {
    switch (message.kind) {
      case "configured":
        return this.#configured(state, message.entry, context);
      case "retry-asked":
        return isOff(state.entry) ? state : this.#begin({ ...state, deaths: 0 }, context);
      case "artifact-changed":
      case "grants-changed":
        return isOff(state.entry) ? state : this.#begin(state, context);
      case "prepared":
        if (message.attempt !== state.attempt) return state;
        return this.#prepared(state, message.preparation, context);
      case "started":
        return this.#started(state, message, context);
      case "died":
        if (message.instance !== state.instance) return state;
        return this.#died(withoutInstance(state), message.failure, context);
      case "wait-shown":
        if (message.attempt !== state.attempt || state.told.state !== "error") return state;
        return tell(state, context, { ...state.told, state: "backoff" });
      case "retry-due":
        return message.attempt === state.attempt ? this.#begin(state, context) : state;
      case "stayed-healthy":
        return message.instance === state.instance ? { ...state, deaths: 0 } : state;
      case "missed":
        return state.instance || isOff(state.entry)
          ? state
          : { ...state, missed: remember(state, message.paths, this.#standIn?.directories ?? []) };
      default:
        return assertNever(message);
    }
  }

  #configured(state: ExecutionState, entry: PluginEntry, context: Context): ExecutionState {
    if (state.attempt > 0 && sameEntry(entry, state.entry)) return { ...state, entry };
    const artifactMoved = entry.artifactPath !== state.entry.artifactPath || state.attempt === 0;
    const next: ExecutionState = { ...state, entry, deaths: 0 };
    if (isOff(entry)) return this.#off(next, context);
    if (artifactMoved || !this.#artifactWatch) this.#watchArtifact(entry, context);
    return this.#begin(next, context);
  }

  /** Unloads and releases everything: instance, watches, timers, what was missed. */
  #off(state: ExecutionState, context: Context): ExecutionState {
    this.#cancelTimers(context);
    this.#dropArtifactWatch(context);
    this.#dropStandIn(context);
    this.#ports.released(state.entry.id);
    if (state.instance) retire(state.instance, context);
    const { facts: _facts, ...rest } = withoutInstance(state);
    return tell({ ...rest, attempt: state.attempt + 1, missed: [] }, context, {
      state: "disabled",
      message: state.entry.suspended ?? "Disabled in .novywave",
    });
  }

  /** Begins an attempt; what an earlier one answers is ignored. */
  #begin(state: ExecutionState, context: Context): ExecutionState {
    this.#cancelTimers(context);
    const attempt = state.attempt + 1;
    const { entry } = state;
    const watching = this.#artifactWatch?.ready;
    const prepared = (preparation: Preparation) => ({ kind: "prepared" as const, attempt, preparation });
    context.task(
      "prepare",
      async () => {
        // Watched before it is read, so that no build falls between.
        await watching;
        return prepared(await this.#ports.prepare(entry));
      },
      (error) => prepared({ kind: "failed", failure: unexpected("preparing it", error) }),
    );
    // A running plugin is said to reload only once something is known to differ.
    if (state.instance) return { ...state, attempt };
    const message = state.deaths > 0 ? `Loading, attempt ${state.deaths + 1}` : "Loading";
    return tell({ ...state, attempt }, context, { state: "loading", message });
  }

  #prepared(state: ExecutionState, preparation: Preparation, context: Context): ExecutionState {
    // What runs on keeps what it was granted.
    if (preparation.kind === "startable" || !state.instance) {
      this.#ports.prepared(state.entry.id, preparation);
    }
    const known: ExecutionState = preparation.facts ? { ...state, facts: preparation.facts } : state;
    switch (preparation.kind) {
      case "failed":
        return this.#failed(known, preparation.failure, context);
      case "needs-consent":
        return this.#needsConsent(known, preparation, context);
      case "startable":
        return this.#start(known, preparation.request, context);
      default:
        return assertNever(preparation);
    }
  }

  #needsConsent(
    state: ExecutionState,
    preparation: Extract<Preparation, { kind: "needs-consent" }>,
    context: Context,
  ): ExecutionState {
    const consent = {
      message: preparation.message,
      requests: preparation.requests,
      code: "needs-consent",
      action: `Approve it in the Plugins panel or with \`novywave plugins grant ${state.entry.id}\`, or disable it.`,
    };
    // What was approved runs on, but not if the approval of this very build was withdrawn.
    if (state.instance && state.runs?.sha256 !== preparation.facts.sha256) {
      return tell(state, context, {
        ...consent,
        state: "ready",
        message: `The build before runs on. ${preparation.message}`,
      });
    }
    if (state.instance) retire(state.instance, context);
    this.#ports.prepared(state.entry.id, preparation);
    this.#dropStandIn(context);
    return tell(withoutInstance(state), context, { ...consent, state: "needs-consent" });
  }

  #start(state: ExecutionState, request: StartRequest, context: Context): ExecutionState {
    const { attempt } = state;
    // An identical build of an identical entry is running: nothing to do (R6.3).
    const runs = state.runs;
    if (
      state.instance &&
      runs &&
      runs.sha256 === request.artifact.sha256 &&
      sameEntry(runs.entry, state.entry)
    ) {
      return tell(state, context, readyWith(state.instance));
    }
    this.#standInFor(request, context);
    const started = (result: Result<PluginInstance, PluginFailure>) => ({
      kind: "started" as const,
      attempt,
      request,
      result,
    });
    context.task(
      "start",
      async (signal) => {
        const result = await this.#ports.host.start(request);
        // The actor has ended meanwhile: nobody will own the instance.
        if (signal.aborted && result.ok) await result.value.shutdown();
        return started(result);
      },
      (error) => started(err(unexpected("starting it", error))),
    );
    if (!state.instance) return state;
    return tell(state, context, {
      state: "reloading",
      message: "Loading what changed; the instance before runs on",
    });
  }

  #started(
    state: ExecutionState,
    message: Extract<ExecutionMessage, { kind: "started" }>,
    context: Context,
  ): ExecutionState {
    const { result, request } = message;
    if (message.attempt !== state.attempt) {
      if (result.ok) retire(result.value, context);
      return state;
    }
    if (!result.ok) {
      return isDeath(result.error.code)
        ? this.#died(state, result.error, context)
        : this.#failed(state, result.error, context);
    }
    const instance = result.value;
    if (instance.failure) return this.#died(state, instance.failure, context);
    // An instance that is gone must not be held by what would hear of its death.
    this.#release(context, this.#instanceEnds);
    this.#instanceEnds = context.scope.add(
      instance.died((failure) => context.send({ kind: "died", instance, failure })),
    );
    if (state.instance) retire(state.instance, context);
    context.after(healthyMs, { kind: "stayed-healthy", instance });
    if (instance.greet) context.task("greet", async () => void (await instance.greet?.()));
    if (state.missed.length > 0) deliverMissed(instance, state.missed, context);
    return tell(
      {
        ...state,
        instance,
        runs: { sha256: request.artifact.sha256, entry: state.entry },
        starts: state.starts + 1,
        missed: [],
      },
      context,
      readyWith(instance),
    );
  }

  /** It did not come to life, and would not at another try either. */
  #failed(state: ExecutionState, failure: PluginFailure, context: Context): ExecutionState {
    if (failure.code === "cancelled") return state;
    this.#ports.onFailure(state.entry.id, failure);
    const told = { message: failure.message, code: failure.code, action: adviceFor(failure) };
    if (state.instance) {
      return tell(state, context, {
        ...told,
        state: "ready",
        message: `The instance before runs on, the new one failed: ${failure.message}`,
      });
    }
    return tell(state, context, {
      ...told,
      state: failure.code === "incompatible" ? "incompatible" : "error",
    });
  }

  /** It lived and came to its end: tried again after a while, unless that happened too often. */
  #died(state: ExecutionState, failure: PluginFailure, context: Context): ExecutionState {
    if (state.instance) return this.#failed(state, failure, context);
    this.#ports.onFailure(state.entry.id, failure);
    const deaths = state.deaths + 1;
    const next: ExecutionState = {
      ...state,
      deaths,
      allDeaths: state.allDeaths + 1,
      attempt: state.attempt + 1,
    };
    this.#cancelTimers(context);
    const told = { message: failure.message, code: failure.code };
    // One that did nothing when the process went down comes back, however often another takes the process with it.
    const bystander = failure.code === "host-died" && failure.export === undefined;
    if (deaths >= maxDeaths && !bystander) {
      return tell(next, context, {
        ...told,
        state: "quarantined",
        message: `Stopped after ${deaths} failures in a row. The last: ${failure.message}`,
        action: adviceFor(failure),
      });
    }
    const delay = backoffDelay(deaths, this.#ports.random());
    const retryAt = context.clock.now() + delay;
    const { attempt } = next;
    this.#timers = [
      context.after(failureShownMs(delay), { kind: "wait-shown", attempt, retryAt }),
      context.after(delay, { kind: "retry-due", attempt }),
    ];
    return tell(next, context, {
      ...told,
      state: "error",
      action: `It is tried again by itself. ${adviceFor(failure)}`,
      attempt: deaths,
      retryAt,
    });
  }

  #watchArtifact(entry: PluginEntry, context: Context): void {
    this.#dropArtifactWatch(context);
    const opened = this.#ports
      .watchArtifact(entry, () => context.send({ kind: "artifact-changed" }))
      .catch(() => undefined);
    const own: ArtifactWatch = { ready: opened.then(() => undefined) };
    this.#artifactWatch = own;
    context.task("watch artifact", async (signal) => {
      const watch = await opened;
      if (!watch) return;
      // Another artifact, or none, is watched by now.
      if (signal.aborted || this.#artifactWatch !== own) watch[Symbol.dispose]();
      else own.watch = context.scope.add(watch);
    });
  }

  #dropArtifactWatch(context: Context): void {
    this.#release(context, this.#artifactWatch?.watch);
    this.#artifactWatch = undefined;
  }

  /** Collects changes of the watched folders while no instance hears of them. */
  #standInFor(request: StartRequest, context: Context): void {
    const { watch } = request;
    const key = JSON.stringify(watch);
    if (this.#standIn?.key === key) return;
    this.#dropStandIn(context);
    if (!watch || watch.directories.length === 0) return;
    const own: StandIn = { key, directories: watch.directories };
    this.#standIn = own;
    context.task("stand in", async (signal) => {
      const opened = await this.#ports.watch(watch.directories, watch.debounceMs, (paths) =>
        context.send({ kind: "missed", paths }),
      );
      const current = this.#standIn === own;
      if (!opened.ok) {
        if (current) this.#standIn = undefined;
      } else if (signal.aborted || !current) opened.value[Symbol.dispose]();
      else own.watch = context.scope.add(opened.value);
    });
  }

  #dropStandIn(context: Context): void {
    this.#release(context, this.#standIn?.watch);
    this.#standIn = undefined;
  }

  #cancelTimers(context: Context): void {
    for (const timer of this.#timers) this.#release(context, timer);
    this.#timers = [];
  }

  #release(context: Context, item: Disposable | undefined): void {
    if (item) context.scope.release(item);
  }
}

/** A fault of the program: this plugin is down by it, and nothing else. */
function unexpected(doing: string, error: unknown): PluginFailure {
  const reason = error instanceof Error ? error.message : String(error);
  return { code: "host-died", message: `The program failed while ${doing}: ${reason}` };
}

function isOff(entry: PluginEntry): boolean {
  return !entry.enabled || entry.suspended !== undefined;
}

function tell(state: ExecutionState, context: Context, told: Omit<Told, "since">): ExecutionState {
  const same = told.state === state.told.state && told.message === state.told.message;
  return { ...state, told: { ...told, since: same ? state.told.since : context.clock.now() } };
}

function readyWith(instance: PluginInstance): Omit<Told, "since"> {
  return { state: "ready", message: instance.metadata.description || "Ready" };
}

function withoutInstance(state: ExecutionState): ExecutionState {
  const { instance: _instance, runs: _runs, ...rest } = state;
  return rest;
}

function retire(instance: PluginInstance, context: Context): void {
  context.task("shutdown", async () => {
    await instance.shutdown();
  });
}

/** Too many paths become the folders that are watched: anything below may have changed. */
function remember(
  state: ExecutionState,
  paths: readonly string[],
  directories: readonly string[],
): readonly string[] {
  const all = [...new Set([...state.missed, ...paths])].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  return all.length > maxMissed ? directories : all;
}

function deliverMissed(instance: PluginInstance, paths: readonly string[], context: Context): void {
  context.task("deliver missed changes", async () => {
    await instance.handleEvent({
      tag: "filesystem-change",
      val: { subscriptionId: seedSubscription, paths: [...paths] },
    });
  });
}

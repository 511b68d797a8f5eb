import type { Actor, ActorContext, Flow } from "@novywave/dataflow";
import { assertNever, type Disposable } from "@novywave/base";
import type { PluginHost, PluginLogRecord, PublishedEvent } from "@novywave/plugin-host";
import { sameEntry, type PluginEntry } from "../plugins/plugin-entry.js";
import { PluginMeter } from "../plugins/plugin-meter.js";
import type { PluginMetrics } from "../plugins/plugin-metrics.js";
import { ready, type Discoveries, type Relays, type RelayState } from "../relays.js";
import {
  createPluginExecutionActor,
  pluginStatus,
  type ExecutionMessage,
  type ExecutionPorts,
  type ExecutionState,
} from "./plugin-execution-actor.js";

export interface PluginManagerOptions {
  readonly flow: Flow;
  readonly relays: Relays;
  readonly ports: ExecutionPorts;
  readonly host: Pick<PluginHost, "published" | "logged">;
  /** Milliseconds between two looks at what plugins use. */
  readonly metricsIntervalMs?: number;
}

export interface PluginManagerState {
  /** The entries in force, in the order of the file; undefined before the first replay. */
  readonly entries?: readonly PluginEntry[];
  readonly problem?: string;
}

export type PluginManagerMessage =
  | { readonly kind: "replayed"; readonly replay: RelayState<readonly PluginEntry[]> }
  | { readonly kind: "execution-changed"; readonly id: string }
  | { readonly kind: "published"; readonly published: PublishedEvent }
  | { readonly kind: "logged"; readonly record: PluginLogRecord }
  | { readonly kind: "retry-asked"; readonly id: string }
  | { readonly kind: "grants-changed" }
  | { readonly kind: "opened-files-changed" }
  | { readonly kind: "metrics-due" };

type Execution = Actor<ExecutionState, ExecutionMessage>;

/**
 * Compares each replay of `[plugins]` with what runs and tells the execution actors of the entries that changed; says on
 * the relays what plugins are, found and published. Nothing a plugin says reaches the program another way (R1.4).
 */
export function createPluginManagerActor(
  options: PluginManagerOptions,
): Actor<PluginManagerState, PluginManagerMessage> {
  const manager = new PluginManager(options);
  return options.flow.actor<PluginManagerState, PluginManagerMessage>({
    name: "plugin-manager",
    initial: {},
    capacity: 65_536,
    start: (context) => manager.start(context),
    receive: (state, message, context) => manager.receive(state, message, context),
  });
}

type Context = ActorContext<PluginManagerState, PluginManagerMessage>;

class PluginManager {
  readonly #options: PluginManagerOptions;
  readonly #executions = new Map<string, { readonly actor: Execution; readonly changes: Disposable }>();
  readonly #discovered = new Map<string, readonly string[]>();
  readonly #meter = new PluginMeter();
  readonly #emitStatus;
  readonly #emitEvent;
  readonly #emitLog;
  readonly #emitDiscovery;
  readonly #emitMetrics;

  constructor(options: PluginManagerOptions) {
    this.#options = options;
    const { relays } = options;
    this.#emitStatus = relays.pluginStatus.emitter();
    this.#emitEvent = relays.pluginEvent.emitter();
    this.#emitLog = relays.pluginLogged.emitter();
    this.#emitDiscovery = relays.pluginDiscovery.emitter();
    this.#emitMetrics = relays.pluginMetrics.emitter();
  }

  start(context: Context): void {
    const { relays, host } = this.#options;
    context.scope.add(host.published((published) => context.send({ kind: "published", published })));
    context.scope.add(host.logged((record) => context.send({ kind: "logged", record })));
    context.listen(relays.pluginsConfigReplay, (replay) => ({ kind: "replayed", replay }));
    context.listen(relays.openedFiles, () => ({ kind: "opened-files-changed" }));
    context.after(this.#metricsInterval, { kind: "metrics-due" });
  }

  receive(state: PluginManagerState, message: PluginManagerMessage, context: Context): PluginManagerState {
    switch (message.kind) {
      case "replayed":
        return this.#replayed(state, message.replay, context);
      case "execution-changed":
        this.#meter.follow(message.id, this.#executions.get(message.id)?.actor.state.instance);
        this.#dropSilenced(message.id);
        this.#tell(state);
        return state;
      case "published":
        this.#published(state, message.published);
        return state;
      case "logged":
        this.#emitLog(message.record);
        return state;
      case "retry-asked":
        this.#executions.get(message.id)?.actor.send({ kind: "retry-asked" });
        return state;
      case "grants-changed":
        for (const { actor } of this.#executions.values()) actor.send({ kind: "grants-changed" });
        return state;
      case "opened-files-changed":
        for (const { actor } of this.#executions.values()) actor.state.instance?.openedFilesChanged();
        return state;
      case "metrics-due":
        this.#tellMetrics();
        context.after(this.#metricsInterval, { kind: "metrics-due" });
        return state;
      default:
        return assertNever(message);
    }
  }

  get #metricsInterval(): number {
    return this.#options.metricsIntervalMs ?? 2_000;
  }

  #replayed(
    state: PluginManagerState,
    replay: RelayState<readonly PluginEntry[]>,
    context: Context,
  ): PluginManagerState {
    if (replay.state === "loading") return state;
    if (replay.state === "error") {
      const next: PluginManagerState = { ...state, problem: replay.message };
      this.#tell(next);
      return next;
    }
    const entries = replay.state === "ready" ? replay.value : [];
    const ids = new Set(entries.map((entry) => entry.id));
    for (const [id, { actor, changes }] of this.#executions) {
      if (ids.has(id)) continue;
      this.#executions.delete(id);
      this.#discovered.delete(id);
      this.#meter.forget(id);
      changes[Symbol.dispose]();
      this.#options.ports.released(id);
      unload(actor, context);
    }
    for (const entry of entries) {
      const execution = this.#executions.get(entry.id);
      if (!execution) this.#add(entry, context);
      else if (!sameEntry(execution.actor.state.life.entry, entry)) {
        execution.actor.send({ kind: "configured", entry });
      }
    }
    const next: PluginManagerState = { entries };
    this.#tell(next);
    return next;
  }

  #add(entry: PluginEntry, context: Context): void {
    const { flow, ports } = this.#options;
    const actor = createPluginExecutionActor(flow, entry, ports);
    const changes = actor.changed(() => context.send({ kind: "execution-changed", id: entry.id }));
    this.#executions.set(entry.id, { actor, changes });
  }

  #published(state: PluginManagerState, { pluginId, event }: PublishedEvent): void {
    const execution = this.#executions.get(pluginId);
    // What a plugin said just before it was unloaded counts no longer.
    if (!execution || isSilenced(execution.actor.state)) return;
    this.#emitEvent({ pluginId, event });
    if (event.tag === "log") {
      const time = this.#options.flow.clock.now();
      this.#emitLog({ pluginId, level: "info", message: event.val, time });
    }
    if (event.tag !== "discovery") return;
    this.#discovered.set(pluginId, [...new Set(event.val.discovered)].sort(compareCodeUnits));
    this.#tellDiscoveries(state);
  }

  /** A plugin that was disabled or is not approved takes its discoveries with it; one that failed leaves them. */
  #dropSilenced(id: string): void {
    const execution = this.#executions.get(id);
    if (execution && isSilenced(execution.actor.state)) this.#discovered.delete(id);
  }

  #tell(state: PluginManagerState): void {
    const entries = state.entries ?? [];
    const statuses = entries.flatMap((entry) => {
      const execution = this.#executions.get(entry.id);
      return execution ? [pluginStatus(execution.actor.state)] : [];
    });
    if (statuses.length > 0) this.#emitStatus(ready(statuses));
    else if (state.problem !== undefined) this.#emitStatus({ state: "error", message: state.problem });
    else if (state.entries)
      this.#emitStatus({ state: "empty", message: "There are no plugins in .novywave" });
    this.#tellDiscoveries(state);
  }

  #tellDiscoveries(state: PluginManagerState): void {
    const current = this.#options.relays.pluginDiscovery.current;
    const next = this.#discoveries(state);
    if (next.state === "ready" && current.state === "ready" && sameDiscoveries(current.value, next.value))
      return;
    if (next.state !== "ready" && JSON.stringify(next) === JSON.stringify(current)) return;
    this.#emitDiscovery(next);
  }

  #discoveries(state: PluginManagerState): RelayState<Discoveries> {
    const found = [...this.#discovered.values()].some((paths) => paths.length > 0);
    if (found) return ready(new Map(this.#discovered));
    const statuses = [...this.#executions.values()].map(({ actor }) => pluginStatus(actor.state));
    const seekers = statuses.filter(
      ({ id, capabilities }) => this.#discovered.has(id) || capabilities?.includes("relay"),
    );
    if (!state.entries) {
      return state.problem === undefined ? { state: "loading" } : { state: "error", message: state.problem };
    }
    if (statuses.some(({ state: now }) => now === "loading")) return { state: "loading" };
    const failed = seekers.find(
      ({ state: now }) => now !== "ready" && now !== "disabled" && now !== "reloading",
    );
    if (failed) return { state: "error", message: `${failed.id}: ${failed.message}` };
    return {
      state: "empty",
      message: seekers.some(({ state: now }) => now === "ready")
        ? "No waveform files were found in this folder"
        : "No plugin that finds waveform files is enabled",
    };
  }

  #tellMetrics(): void {
    const metrics = [...this.#executions].map(([pluginId, { actor }]): PluginMetrics => {
      const { life, instance } = actor.state;
      this.#meter.follow(pluginId, instance);
      const stats = this.#meter.read(pluginId);
      return { pluginId, ...life.totals, ...(stats && { stats }) };
    });
    this.#emitMetrics(metrics.length > 0 ? ready(metrics) : { state: "empty" });
  }
}

/** Ends an actor whose entry is gone: its instance first, then itself. */
function unload(actor: Execution, context: Context): void {
  const { instance } = actor.state;
  actor[Symbol.dispose]();
  if (instance) context.task("unload", () => instance.shutdown());
}

function isSilenced({ told }: ExecutionState): boolean {
  return told.state === "disabled" || told.state === "needs-consent" || told.state === "incompatible";
}

function compareCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function sameDiscoveries(a: Discoveries, b: Discoveries): boolean {
  return (
    a.size === b.size &&
    [...a].every(([id, paths]) => {
      const others = b.get(id);
      return others?.length === paths.length && paths.every((path, index) => path === others[index]);
    })
  );
}

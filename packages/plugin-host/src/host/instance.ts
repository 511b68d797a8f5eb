import { Emitter, err, ok, type Clock, type Disposable, type Event, type Result } from "@novywave/base";
import type { ConfigData, HostEvent, PluginMetadata } from "@novywave/contract";
import type { InspectedArtifact } from "../artifact/inspect-artifact.js";
import type { WorldName } from "../artifact/check-exports.js";
import { configDataSchema } from "../broker/arguments.js";
import type { Broker } from "../broker/broker.js";
import type { TakeChecked } from "../broker/watches.js";
import type { PluginFailure } from "../failure.js";
import { wireLimits } from "../limits.js";
import { AdapterDoor } from "./adapter-door.js";
import type { Connection } from "./connection.js";
import { ContractDoor } from "./contract-door.js";
import { changedPaths, EventQueue } from "./event-queue.js";
import type { GuestDoor } from "./guest-door.js";
import type { GuestEvent } from "./guest-event.js";
import { GuestSession } from "./guest-session.js";
import { StatsRecorder, type PluginStats } from "./stats.js";
import { Outbox } from "./outbox.js";
import type { PluginInstance, PublishedEvent, StartRequest } from "./types.js";
import { watchEntry } from "./watch-entry.js";

export interface InstanceOptions {
  readonly request: StartRequest;
  readonly inspected: InspectedArtifact;
  readonly connection: Connection;
  /** What the process keeps of its artifact; released when it has ended. */
  readonly artifact: Disposable;
  /** Told what the plugin published, once the call in which it did has come to its end. */
  readonly published: (event: PublishedEvent) => void;
  readonly makeBroker: (events: {
    published: (event: PublishedEvent) => Result<void, string>;
    tick: () => void;
    changed: (subscription: bigint) => TakeChecked;
    shed: (what: string) => void;
    hostFailed: (error: unknown) => void;
  }) => Broker;
  /** Of deadlines and durations. */
  readonly clock: Clock;
  /** Called once, when everything is released. */
  readonly onEnd: () => void;
  readonly report: (level: "warn" | "error", message: string, failure?: PluginFailure) => void;
}

/** The first subscription of an instance is made of the entry's `watch` table. */
const seedSubscription = 1n;

/** One plugin's life: start, events one at a time, shutdown or death. */
export class RunningInstance implements PluginInstance {
  readonly pluginId: string;
  readonly world: WorldName;
  readonly greet?: () => Promise<Result<void, PluginFailure>>;
  readonly #options: InstanceOptions;
  readonly #broker: Broker;
  readonly #door: GuestDoor;
  readonly #session: GuestSession;
  readonly #queue: EventQueue;
  readonly #stats = new StatsRecorder();
  readonly #died = new Emitter<PluginFailure>();
  readonly #outbox: Outbox;
  #metadata: PluginMetadata = { version: "", description: "", capabilities: [] };
  /** `init` has succeeded. */
  #ready = false;
  #accepted = false;
  /** Events are handed to the guest. */
  #flows = false;
  #retired: Promise<readonly string[]> | undefined;
  /** The event that the guest handles. */
  #current: GuestEvent | undefined;
  #unhandled: readonly string[] = [];
  /** Paths that were reported when the end was near. */
  readonly #late: string[] = [];
  /** What was not handled has been told: with the end of the worker, or to whoever takes over. */
  #told = false;
  #closing: Promise<void> | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  #pumping = false;
  #idleWaiters: (() => void)[] = [];

  constructor(options: InstanceOptions) {
    const { request, inspected, connection, artifact, clock } = options;
    this.#options = options;
    this.pluginId = request.pluginId;
    this.world = inspected.world;
    this.#queue = new EventQueue(request.limits.queuedEvents, (id) => this.#broker.watchedFolders(id));
    this.#outbox = new Outbox(request.limits, options.published);
    this.#broker = options.makeBroker({
      published: (event) => this.#outbox.add(event),
      tick: () => this.#enqueue({ tag: "tick" }),
      changed: (subscriptionId) => this.#expect(subscriptionId),
      shed: (what) => this.#stats.shed(what),
      hostFailed: (error) => options.report("error", `the host failed to pass on a change: ${String(error)}`),
    });
    this.#door = this.#openDoor();
    this.#session = new GuestSession({
      connection,
      artifact,
      clock,
      limits: request.limits,
      stats: this.#stats,
      hostCall: (interfaceName, functionName, args) => this.#door.hostCall(interfaceName, functionName, args),
      onEnd: (failure) => this.#end(failure),
      report: (message) => options.report("error", message),
    });
    if (this.world === "smoke") this.greet = () => this.#exclusive(() => this.#greet());
  }

  get metadata(): PluginMetadata {
    return this.#metadata;
  }

  get died(): Event<PluginFailure> {
    return this.#died.event;
  }

  get failure(): PluginFailure | undefined {
    const { failure } = this.#session;
    return failure?.code === "cancelled" ? undefined : failure;
  }

  get unhandled(): readonly string[] {
    return this.#unhandled;
  }

  get stats(): PluginStats {
    this.#stats.denied = this.#broker.denied;
    this.#stats.droppedLogs = this.#broker.droppedLogs;
    return this.#stats.snapshot(this.#queue.length);
  }

  /** Loads and initialises; once it is accepted events flow. On failure everything is released. */
  async start(config: ConfigData): Promise<Result<void, PluginFailure>> {
    const started = await this.#start(config);
    if (started.ok) {
      this.#ready = true;
      return started;
    }
    this.#session.end(started.error);
    await this.#session.gone;
    return err(this.#session.failure ?? started.error);
  }

  async #start(config: ConfigData): Promise<Result<void, PluginFailure>> {
    const { request, inspected, report } = this.#options;
    const { artifact, limits } = request;
    this.#broker.authoriser.recordGrants();
    const watching = await this.#watch((message) => report("warn", message));
    if (!watching.ok) return watching;
    const loading = this.#session.load({
      sha256: artifact.sha256,
      links: inspected.links,
      exportName: inspected.exportName,
      limits: wireLimits(limits),
    });
    const initialising = this.#door.init(config);
    const loaded = await loading;
    const metadata = await initialising;
    if (!loaded.ok) return loaded;
    if (!metadata.ok) return metadata;
    this.#metadata = metadata.value;
    return ok();
  }

  #openDoor(): GuestDoor {
    const { request, inspected, report } = this.#options;
    const { limits, manifest } = request;
    const [session, broker] = [() => this.#session, this.#broker];
    const { world } = inspected;
    if (world === "plugin" || world === "smoke") return new ContractDoor(session, broker, limits);
    return new AdapterDoor({
      name: world,
      session,
      broker,
      limits,
      manifest,
      changed: (subscriptionId, paths) =>
        this.#enqueue({ tag: "filesystem-change", val: { subscriptionId, paths } }),
      stopped: () => this.#refusal() !== undefined,
      warn: (message) => report("warn", message),
    });
  }

  /** The watchers have the time that the host has for a call, and no longer than the plugin lives. */
  async #watch(warn: (message: string) => void): Promise<Result<void, PluginFailure>> {
    const { request, clock } = this.#options;
    const { hostTimeMs } = request.limits;
    const late: PluginFailure = {
      code: "deadline",
      message: `watch.directories: watching did not begin within ${hostTimeMs} ms (limit host_time_ms)`,
    };
    let timer: Disposable | undefined;
    const expired = new Promise<Result<void, PluginFailure>>((resolve) => {
      timer = clock.schedule(hostTimeMs, () => resolve(err(late)));
    });
    const ended = this.#session.gone.then(() => err(cancelled(this.pluginId)));
    try {
      return await Promise.race([watchEntry(request, this.world, this.#broker, warn), expired, ended]);
    } finally {
      timer?.[Symbol.dispose]();
    }
  }

  async handleEvent(event: HostEvent): Promise<Result<void, PluginFailure>> {
    if (this.world === "smoke") {
      return err({
        code: "incompatible",
        message: `${this.pluginId} is of the smoke world, which takes no events`,
      });
    }
    const refusal = this.#refusal();
    if (refusal) return err(refusal);
    if (event.tag === "filesystem-change" && this.#broker.watchedFolders(event.val.subscriptionId).length > 0)
      return this.#handleChange(event.val.subscriptionId, event.val.paths);
    return new Promise((resolve) => {
      if (!this.#queue.push(event, resolve)) {
        this.#stats.shed("events");
        // Its turn will not come, and what the configuration is must not be lost with it.
        this.#takeConfig(event);
      }
      void this.#pump();
    });
  }

  /** A change of one of the plugin's subscriptions, reported from elsewhere, is checked like those of the watchers. */
  #handleChange(subscriptionId: bigint, paths: readonly string[]): Promise<Result<void, PluginFailure>> {
    return new Promise((resolve, reject) => {
      const fill = this.#queue.keepPlace(subscriptionId, resolve);
      if (!fill) {
        this.#stats.shed("events");
        return;
      }
      const checked = (visible: readonly string[]): void => {
        fill(visible);
        void this.#pump();
      };
      this.#broker.visiblePaths(subscriptionId, paths).then(checked, (error: unknown) => {
        reject(error instanceof Error ? error : new Error(String(error)));
        checked([]);
      });
    });
  }

  report(paths: readonly string[]): boolean {
    return this.#takes(paths, () => this.#broker.reportChange(paths, seedSubscription));
  }

  /** Whether the paths are in good hands; one that is about to end keeps them for the next instance. */
  #takes(paths: readonly string[], take: () => void): boolean {
    if (this.#told) return false;
    if (this.#refusal()) this.#late.push(...paths);
    else take();
    return true;
  }

  openedFilesChanged(): void {
    if (this.#door.hearsOfOpenedFiles) this.#enqueue({ tag: "opened-files-changed" });
  }

  accept(changed: readonly string[] = []): boolean {
    return this.#takes(changed, () => this.#accept(changed));
  }

  #accept(changed: readonly string[]): void {
    if (this.#accepted || !this.#ready) return;
    this.#accepted = true;
    this.#outbox.commit();
    if (changed.length > 0) this.#broker.reportChange(changed);
    if (this.#door.missedOpenedFiles()) this.openedFilesChanged();
    // What changed before is one event with what changes now.
    void this.#broker.settled().then(() => {
      this.#flows = true;
      return this.#pump();
    });
  }

  retire(): Promise<readonly string[]> {
    this.#retired ??= this.#retire();
    return this.#retired;
  }

  async #retire(): Promise<readonly string[]> {
    // Set by now, so that the queue is left alone: what waits is for the next instance.
    await this.#exclusive(async () => {});
    await this.#broker.settled();
    if (this.#session.failure) await this.#session.gone;
    const left = this.#told ? this.#unhandled : this.#left();
    this.#told = true;
    this.#late.length = 0;
    this.#queue.clear(cancelled(this.pluginId));
    this.#wakeIdle();
    return left;
  }

  /** Paths of changes that were not handled, sorted, once each. */
  #left(events: readonly GuestEvent[] = [], paths: readonly string[] = []): readonly string[] {
    const waiting = changedPaths([...events, ...this.#queue.events]);
    return [...new Set([...waiting, ...paths, ...this.#late])].sort();
  }

  async idle(): Promise<void> {
    await this.#broker.settled();
    if (this.#session.failure || (!this.#pumping && this.#queue.length === 0)) return;
    await new Promise<void>((resolve) => this.#idleWaiters.push(resolve));
  }

  shutdown(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.shutdown();
  }

  async #close(): Promise<void> {
    const { request, report } = this.#options;
    const closed = cancelled(this.pluginId);
    this.#queue.clear(closed);
    if (this.#ready) {
      await this.#exclusive(async () => {
        if (this.#session.failure) return;
        const answer = await this.#session.call("shutdown", [], request.limits.callDeadlineMs);
        this.#outbox.drop();
        if (!answer.ok) report("warn", `shutdown: ${answer.error.message}`, answer.error);
      });
    }
    this.#session.end(closed);
    await this.#session.gone;
  }

  /** Why events are not taken. */
  #refusal(): PluginFailure | undefined {
    return this.#session.failure ?? (this.#closing || this.#retired ? cancelled(this.pluginId) : undefined);
  }

  #enqueue(event: GuestEvent): void {
    if (this.world === "smoke" || this.#closing) return;
    if (this.#session.failure) {
      this.#late.push(...changedPaths([event]));
      return;
    }
    if (!this.#queue.push(event)) this.#dropped();
    void this.#pump();
  }

  /** A change was reported, and its paths are checked: what comes meanwhile waits behind it. */
  #expect(subscriptionId: bigint): TakeChecked {
    if (this.world === "smoke" || this.#closing) return () => {};
    if (this.#session.failure) return (paths) => void this.#late.push(...paths);
    const fill = this.#queue.keepPlace(subscriptionId);
    return (paths) => {
      // What the plugin may not know of is not missed.
      if (!fill && paths.length > 0) this.#dropped();
      fill?.(paths);
      void this.#pump();
    };
  }

  #dropped(): void {
    this.#stats.shed("events");
    const { queuedEvents } = this.#options.request.limits;
    this.#options.report("warn", `an event was dropped: ${queuedEvents} wait already (limit queued_events)`);
  }

  /** Hands queued events to the guest, one at a time. */
  async #pump(): Promise<void> {
    if (this.#pumping || !this.#flows) return;
    this.#pumping = true;
    while (!this.#refusal()) {
      const next = this.#queue.shift();
      if (!next) break;
      const label = describeEvent(next.event);
      this.#current = next.event;
      const result = await this.#exclusive(() => this.#handle(next.event, label));
      this.#current = undefined;
      if (result.ok || result.error.code === "plugin-error") this.#outbox.commit();
      if (!result.ok && result.error.code === "plugin-error") {
        this.#options.report("error", `handle-event: ${result.error.message}`, result.error);
      }
      next.settle(result);
    }
    this.#pumping = false;
    if (this.#queue.length === 0 || this.#refusal()) this.#wakeIdle();
  }

  #handle(event: GuestEvent, label: string): Promise<Result<void, PluginFailure>> {
    this.#takeConfig(event);
    return this.#door.handle(event, label);
  }

  #takeConfig(event: GuestEvent): void {
    if (event.tag !== "config-updated") return;
    const config = configDataSchema.safeParse(event.val);
    if (config.success) this.#broker.config = config.data;
  }

  #wakeIdle(): void {
    for (const wake of this.#idleWaiters.splice(0)) wake();
  }

  /** Runs `task` when what was asked for before it is done. */
  #exclusive<T>(task: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(task);
    this.#turn = turn.catch(() => {});
    return turn;
  }

  async #greet(): Promise<Result<void, PluginFailure>> {
    const answer = await this.#session.call("greet", [], this.#options.request.limits.callDeadlineMs);
    if (!answer.ok) return answer;
    if (this.#accepted) this.#outbox.commit();
    return ok();
  }

  /** The worker is gone: release everything and tell. */
  #end(failure: PluginFailure): void {
    this.#told = true;
    // Read before the broker ends: what it was checking was not handled either.
    const { uncheckedChanges } = this.#broker;
    this.#broker[Symbol.dispose]();
    this.#outbox.drop();
    // The call that ran when the process went down may be innocent: its event is handled again, by the next instance.
    const current = failure.code === "host-died" && this.#current ? [this.#current] : [];
    this.#unhandled = this.#left(current, uncheckedChanges);
    this.#queue.clear(failure);
    this.#wakeIdle();
    this.#options.onEnd();
    if (failure.code === "cancelled" || !this.#ready || this.#closing) return;
    this.#options.report("error", failure.message, failure);
    try {
      this.#died.emit(failure);
    } catch (error) {
      this.#options.report("error", `a listener of \`died\` failed: ${String(error)}`);
    }
  }
}

function describeEvent(event: GuestEvent): string {
  return event.tag === "filesystem-change"
    ? `handle-event filesystem-change (${event.val.paths.length} paths)`
    : `handle-event ${event.tag}`;
}

function cancelled(pluginId: string): PluginFailure {
  return { code: "cancelled", message: `${pluginId} was shut down` };
}

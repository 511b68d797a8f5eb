import { assertNever, Emitter, err, ok, type Clock, type Event, type Result } from "@novywave/base";
import type { HostEvent, PluginMetadata } from "@novywave/contract";
import { engineFailure, type InspectedArtifact } from "../artifact/inspect-artifact.js";
import { configDataSchema, pluginMetadataSchema } from "../broker/arguments.js";
import type { Broker } from "../broker/broker.js";
import type { HangEvidence, PluginFailure } from "../failure.js";
import { CallTimer, type Expired } from "./call-timer.js";
import type { Connection, InstanceMessage } from "./connection.js";
import { EventQueue } from "./event-queue.js";
import { answeredError, trapped } from "./export-failure.js";
import { StatsRecorder, type PluginStats } from "./stats.js";
import type { PluginInstance, StartRequest } from "./types.js";

type ExportName = "init" | "handle-event" | "shutdown" | "greet";
const exportFunctions = {
  init: "init",
  "handle-event": "handleEvent",
  shutdown: "shutdown",
  greet: "greet",
} as const;

/** What the worker is doing; `settle` is called exactly once. */
interface Activity {
  /** For people: the export, or a stage of loading. */
  readonly label: string;
  readonly call: number;
  timer: CallTimer;
  hostCall: { readonly id: number; readonly name: string } | undefined;
  readonly settle: (result: Result<unknown, PluginFailure>) => void;
}

export interface InstanceOptions {
  readonly request: StartRequest;
  readonly inspected: InspectedArtifact;
  readonly connection: Connection;
  readonly makeBroker: (events: {
    tick: () => void;
    changed: (subscription: bigint, paths: readonly string[]) => void;
  }) => Broker;
  /** Of deadlines and durations. */
  readonly clock: Clock;
  /** Called once, when everything is released. */
  readonly onEnd: () => void;
  readonly report: (level: "warn" | "error", message: string, failure?: PluginFailure) => void;
}

const loadMs = 60_000;
const lastEventsKept = 16;

/** One plugin: its worker's life, its calls one at a time, its events, its end. */
export class RunningInstance implements PluginInstance {
  readonly pluginId: string;
  readonly world: "plugin" | "smoke";
  readonly greet?: () => Promise<Result<void, PluginFailure>>;
  readonly #options: InstanceOptions;
  readonly #broker: Broker;
  readonly #queue: EventQueue;
  readonly #stats = new StatsRecorder();
  readonly #died = new Emitter<PluginFailure>();
  readonly #lastEvents: string[] = [];
  readonly #id: number;
  #metadata: PluginMetadata = { version: "", description: "", capabilities: [] };
  #activity: Activity | undefined;
  #nextCall = 1;
  #workerStarted = false;
  #ready = false;
  #closing: Promise<void> | undefined;
  /** Why the worker was told to end. */
  #condemned: PluginFailure | undefined;
  #ended: { readonly failure: PluginFailure | undefined } | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  #pumping = false;
  #idleWaiters: (() => void)[] = [];
  readonly #end: Promise<void>;
  #signalEnd: () => void = () => {};

  constructor(options: InstanceOptions) {
    this.#options = options;
    this.pluginId = options.request.pluginId;
    this.world = options.inspected.world;
    this.#queue = new EventQueue(options.request.limits.queuedEvents, (id) =>
      this.#broker.watchedFolders(id),
    );
    this.#end = new Promise((resolve) => {
      this.#signalEnd = resolve;
    });
    this.#broker = options.makeBroker({
      tick: () => this.#enqueue({ tag: "tick" }),
      changed: (subscriptionId, paths) =>
        this.#enqueue({ tag: "filesystem-change", val: { subscriptionId, paths } }),
    });
    this.#id = options.connection.add({
      onMessage: (message) => this.#receive(message),
      onLost: (reason) =>
        this.#finish(
          this.#condemned ?? {
            code: "host-died",
            message: `the plugin-host process is gone: ${reason}`,
            ...this.#exportOfActivity(),
          },
        ),
    });
    if (this.world === "smoke") this.greet = () => this.#exclusive(() => this.#callVoid("greet", []));
  }

  get metadata(): PluginMetadata {
    return this.#metadata;
  }

  get died(): Event<PluginFailure> {
    return this.#died.event;
  }

  get failure(): PluginFailure | undefined {
    return this.#ended?.failure;
  }

  get stats(): PluginStats {
    this.#stats.denied = this.#broker.denied;
    this.#stats.droppedLogs = this.#broker.droppedLogs;
    return this.#stats.snapshot(this.#queue.length);
  }

  /** Loads and initialises; afterwards events flow. On failure everything is released. */
  async start(config: unknown): Promise<Result<void, PluginFailure>> {
    const started = await this.#start(config);
    if (started.ok) {
      this.#ready = true;
      void this.#pump();
      return started;
    }
    this.#condemn(started.error);
    await this.#end;
    return err(this.#ended?.failure ?? started.error);
  }

  async #start(config: unknown): Promise<Result<void, PluginFailure>> {
    const { request, inspected, connection } = this.#options;
    this.#broker.authoriser.recordGrants();
    const watching = await this.#watchEntry();
    if (!watching.ok) return watching;
    if (this.#ended) return err(this.#ended.failure ?? cancelled(this.pluginId));
    const { limits, artifact } = request;
    const loaded = this.#begin("loading the component", 0, loadMs);
    this.#workerStarted = true;
    connection.start(
      {
        instance: this.#id,
        sha256: artifact.sha256,
        links: inspected.links,
        exportName: inspected.exportName,
        limits: { memoryBytes: limits.memoryMib * 1024 * 1024, liftedBytes: limits.liftedMib * 1024 * 1024 },
      },
      artifact.bytes,
    );
    const load = await loaded;
    if (!load.ok) return load;
    const answer = await this.#call("init", [config], limits.initDeadlineMs);
    if (!answer.ok) return answer;
    const metadata = pluginMetadataSchema.safeParse(answer.value);
    if (!metadata.success) {
      return err({
        code: "incompatible",
        export: "init",
        message: "init answered with metadata that is not that of the contract",
      });
    }
    this.#metadata = metadata.data;
    return ok();
  }

  /** The entry's `watch` table becomes a subscription before `init`. */
  async #watchEntry(): Promise<Result<void, PluginFailure>> {
    const { request } = this.#options;
    const { watch } = request;
    if (!watch || watch.directories.length === 0) return ok();
    if (this.world === "smoke" || !request.manifest.capabilities.some(({ name }) => name === "watch")) {
      this.#options.report(
        "warn",
        "the entry's `watch` table is not used: the plugin's manifest does not ask for `watch`",
      );
      return ok();
    }
    if (!this.#broker.authoriser.capability("watch")) {
      return err({
        code: "missing-capability",
        message: "the entry has a `watch` table, but the capability `watch` is not granted",
      });
    }
    const subscribed = await this.#broker.watch(watch.directories, watch.debounceMs);
    if (subscribed.ok) return ok();
    const { tag, val } = subscribed.error;
    switch (tag) {
      case "not-found":
        return err({
          code: "folder-not-granted",
          message: `watch.directories: "${val}" is not inside a granted folder`,
          details: { folder: val },
        });
      case "limit-reached":
        return err({ code: "limit", message: `watch.directories: ${val}` });
      case "io":
        return err({ code: "folder-not-granted", message: `watch.directories: ${val}` });
      default:
        return assertNever(tag);
    }
  }

  async handleEvent(event: HostEvent): Promise<Result<void, PluginFailure>> {
    if (this.world === "smoke") {
      return err({
        code: "incompatible",
        message: `${this.pluginId} is of the smoke world, which takes no events`,
      });
    }
    if (event.tag === "config-updated") {
      const config = configDataSchema.safeParse(event.val);
      if (config.success) this.#broker.config = config.data;
    }
    const ended = this.#refusal();
    if (ended) return err(ended);
    return new Promise((resolve) => {
      this.#queue.push(event, resolve);
      void this.#pump();
    });
  }

  async idle(): Promise<void> {
    await this.#broker.settled();
    if (this.#ended || (!this.#pumping && this.#queue.length === 0)) return;
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
    this.#queue.clear(cancelled(this.pluginId));
    if (this.#ready) {
      await this.#exclusive(async () => {
        if (this.#ended || this.#condemned) return;
        const answer = await this.#call("shutdown", [], this.#options.request.limits.callDeadlineMs);
        if (!answer.ok) this.#options.report("warn", `shutdown: ${answer.error.message}`, answer.error);
      });
    }
    this.#condemn(cancelled(this.pluginId));
    await this.#end;
  }

  #refusal(): PluginFailure | undefined {
    if (this.#ended) return this.#ended.failure ?? cancelled(this.pluginId);
    return this.#condemned ?? (this.#closing ? cancelled(this.pluginId) : undefined);
  }

  #enqueue(event: HostEvent): void {
    if (this.world === "smoke" || this.#refusal()) return;
    if (!this.#queue.push(event)) {
      const { queuedEvents } = this.#options.request.limits;
      this.#options.report(
        "warn",
        `an event was dropped: ${queuedEvents} wait already (limit queued_events)`,
      );
    }
    void this.#pump();
  }

  /** Hands queued events to the guest, one at a time. */
  async #pump(): Promise<void> {
    if (this.#pumping || !this.#ready) return;
    this.#pumping = true;
    try {
      while (!this.#refusal()) {
        const next = this.#queue.shift();
        if (!next) break;
        const label = describeEvent(next.event);
        const result = await this.#exclusive(() => this.#callVoid("handle-event", [next.event], label));
        if (!result.ok && result.error.code === "plugin-error") {
          this.#options.report("error", `handle-event: ${result.error.message}`, result.error);
        }
        next.settle(result);
      }
    } finally {
      this.#pumping = false;
      const waiters = this.#idleWaiters;
      this.#idleWaiters = [];
      for (const wake of waiters) wake();
    }
  }

  /** Runs `task` when what was asked for before it is done. */
  #exclusive<T>(task: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(task);
    this.#turn = turn.catch(() => {});
    return turn;
  }

  async #callVoid(
    name: ExportName,
    args: readonly unknown[],
    label?: string,
  ): Promise<Result<void, PluginFailure>> {
    const answer = await this.#call(name, args, this.#options.request.limits.callDeadlineMs, label);
    return answer.ok ? ok() : answer;
  }

  async #call(
    name: ExportName,
    args: readonly unknown[],
    deadlineMs: number,
    label: string = name,
  ): Promise<Result<unknown, PluginFailure>> {
    const refusal = this.#ended ? (this.#ended.failure ?? cancelled(this.pluginId)) : this.#condemned;
    if (refusal) return err(refusal);
    const { clock, connection } = this.#options;
    this.#remember(label);
    const startedAt = clock.monotonic();
    const call = this.#nextCall++;
    const answer = this.#begin(name, call, deadlineMs);
    connection.send({ type: "call", instance: this.#id, call, function: exportFunctions[name], args });
    const result = await answer;
    const outcome = result.ok
      ? "ok"
      : result.error.code === "plugin-error" || result.error.code === "init-failed"
        ? "error"
        : "trap";
    this.#stats.record(name, clock.monotonic() - startedAt, outcome);
    return result;
  }

  #begin(label: string, call: number, deadlineMs: number): Promise<Result<unknown, PluginFailure>> {
    return new Promise((resolve) => {
      this.#activity = {
        label,
        call,
        timer: this.#startTimer(deadlineMs),
        hostCall: undefined,
        settle: (result) => {
          this.#activity?.timer.stop();
          this.#activity = undefined;
          resolve(result);
        },
      };
    });
  }

  #startTimer(deadlineMs: number): CallTimer {
    const { clock, request } = this.#options;
    return new CallTimer(clock, deadlineMs, request.limits.hostTimeMs, (which) =>
      this.#expired(which, deadlineMs),
    );
  }

  #expired(which: Expired, deadlineMs: number): void {
    const activity = this.#activity;
    if (!activity) return;
    const { label, hostCall, timer } = activity;
    const evidence: HangEvidence = {
      export: label,
      ...(hostCall ? { hostCall: hostCall.name } : {}),
      elapsedMs: Math.round(timer.elapsedMs),
      guestMs: Math.round(timer.guestMs),
      lastEvents: [...this.#lastEvents],
    };
    const { hostTimeMs } = this.#options.request.limits;
    this.#condemn({
      code: "deadline",
      export: label,
      message:
        which === "guest"
          ? `${label} did not answer within ${deadlineMs} ms and was ended`
          : `${label} waited more than ${hostTimeMs} ms for the host (${hostCall?.name ?? "between calls"}; limit host_time_ms) and was ended`,
      details: evidence,
    });
  }

  #receive(message: InstanceMessage): void {
    if (message.type === "exited") {
      this.#finish(this.#condemned ?? this.#crash(message.reason, message.outOfMemory));
      return;
    }
    if (this.#condemned || this.#ended) return;
    const activity = this.#activity;
    if (!activity) return this.#options.connection.violated("a message of an instance that runs nothing");
    switch (message.type) {
      case "compiled":
        if (activity.call !== 0) return this.#options.connection.violated("`compiled` during a call");
        // Start functions of core modules run from here on: guest code, under the deadline of `init`.
        activity.timer.stop();
        activity.timer = this.#startTimer(this.#options.request.limits.initDeadlineMs);
        return;
      case "loaded":
        if (activity.call !== 0) return this.#options.connection.violated("`loaded` during a call");
        this.#stats.memoryBytes = message.memoryBytes;
        activity.settle(ok());
        return;
      case "load-failed": {
        const { code, message: text, backtrace } = message.failure;
        const failure = engineFailure(code, text);
        activity.settle(err(backtrace === undefined ? failure : { ...failure, backtrace }));
        return;
      }
      case "host-call":
        this.#hostCall(activity, message);
        return;
      case "result":
        if (activity.call !== message.call || activity.hostCall) {
          return this.#options.connection.violated("the result of a call that was not made");
        }
        this.#stats.memoryBytes = message.memoryBytes;
        this.#result(activity, message.outcome);
        return;
    }
  }

  #result(activity: Activity, outcome: Extract<InstanceMessage, { type: "result" }>["outcome"]): void {
    switch (outcome.kind) {
      case "ok":
        activity.settle(ok(outcome.value));
        return;
      case "err":
        activity.settle(err(answeredError(activity.label, outcome.payload)));
        return;
      case "trap":
        // The call's promise settles once the worker is gone.
        this.#condemn(trapped(activity.label, outcome.failure));
        return;
    }
  }

  #hostCall(activity: Activity, message: Extract<InstanceMessage, { type: "host-call" }>): void {
    if (activity.hostCall) return this.#options.connection.violated("a host call during a host call");
    const name = `${message.interface}.${message.function}`;
    const current = { id: message.hostCall, name };
    activity.hostCall = current;
    activity.timer.enterHost();
    this.#stats.hostCalls++;
    const reply = (outcome: Awaited<ReturnType<Broker["call"]>>): void => {
      if (this.#ended || this.#condemned || activity.hostCall !== current) return;
      activity.hostCall = undefined;
      activity.timer.leaveHost();
      this.#options.connection.send({ type: "reply", instance: this.#id, hostCall: current.id, outcome });
    };
    this.#broker.call(message.interface, message.function, message.args).then(reply, (error: unknown) => {
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      this.#options.report("error", `the host failed in ${name}: ${text}`);
      reply({ kind: "refused", message: `the host failed in ${name}` });
    });
  }

  #crash(reason: string, outOfMemory: boolean): PluginFailure {
    return outOfMemory
      ? {
          code: "memory",
          message: `the plugin's worker ran out of memory: ${reason}`,
          ...this.#exportOfActivity(),
        }
      : {
          code: "trap",
          message: `the plugin's worker ended by itself: ${reason}`,
          ...this.#exportOfActivity(),
        };
  }

  #exportOfActivity(): { export?: string } {
    return this.#activity ? { export: this.#activity.label } : {};
  }

  #remember(label: string): void {
    this.#lastEvents.push(label);
    if (this.#lastEvents.length > lastEventsKept) this.#lastEvents.shift();
  }

  /** Ends the worker; the first reason counts. */
  #condemn(failure: PluginFailure): void {
    if (this.#condemned || this.#ended) return;
    this.#condemned = failure;
    this.#activity?.timer.stop();
    if (this.#workerStarted) this.#options.connection.terminate(this.#id);
    else this.#finish(failure);
  }

  /** The worker is gone: release everything and tell everybody, once. */
  #finish(failure: PluginFailure): void {
    if (this.#ended) return;
    const asked = failure.code === "cancelled";
    this.#ended = { failure: asked ? undefined : failure };
    const { connection, request } = this.#options;
    this.#broker[Symbol.dispose]();
    this.#queue.clear(failure);
    this.#activity?.settle(err(failure));
    connection.remove(this.#id);
    if (this.#workerStarted) connection.release(request.artifact.sha256);
    this.#signalEnd();
    for (const wake of this.#idleWaiters) wake();
    this.#idleWaiters = [];
    this.#options.onEnd();
    if (asked) return;
    this.#options.report("error", failure.message, failure);
    if (!this.#ready) return;
    try {
      this.#died.emit(failure);
    } catch (error) {
      this.#options.report("error", `a listener of \`died\` failed: ${String(error)}`);
    }
  }
}

function describeEvent(event: HostEvent): string {
  return event.tag === "filesystem-change"
    ? `handle-event filesystem-change (${event.val.paths.length} paths)`
    : `handle-event ${event.tag}`;
}

function cancelled(pluginId: string): PluginFailure {
  return { code: "cancelled", message: `${pluginId} was shut down` };
}

import { err, ok, type Clock, type Disposable, type Result } from "@novywave/base";
import type { HostOutcome } from "../broker/outcome.js";
import type { CallEvidence, PluginFailure } from "../failure.js";
import { limitKey, type PluginLimits } from "../limits.js";
import { printable } from "../text.js";
import type { ServerMessage } from "../wire/messages.js";
import { CallTimer, type Expired } from "./call-timer.js";
import type { Connection, InstanceMessage } from "./connection.js";
import { answeredError, notLoaded, trapped } from "./export-failure.js";
import type { StatsRecorder } from "./stats.js";

/** Exports of the contract and of the worlds of NovyWave 0.2, and how they are reached in JavaScript. */
const exportFunctions = {
  init: "init",
  "handle-event": "handleEvent",
  shutdown: "shutdown",
  greet: "greet",
  "refresh-opened-files": "refreshOpenedFiles",
  "watched-files-changed": "watchedFilesChanged",
  "paths-discovered": "pathsDiscovered",
} as const;

export type ExportName = keyof typeof exportFunctions;

/** What the worker is doing; `settle` is called exactly once. */
interface Activity {
  /** For people: the export, or that it is loading. */
  readonly label: string;
  /** The number of the call; 0 while it is loading. */
  readonly call: number;
  timer: CallTimer;
  /** While it is loading: the component is compiled, guest code may run. */
  compiled: boolean;
  hostCall: { readonly id: number; readonly name: string } | undefined;
  readonly settle: (result: Result<unknown, PluginFailure>) => void;
}

/** The first call, which is sent along with the artifact: the worker makes it once that is loaded. */
interface FirstCall {
  /** It is running now. */
  readonly begin: () => void;
  /** It never will. */
  readonly refuse: (failure: PluginFailure) => void;
}

export interface GuestSessionOptions {
  readonly connection: Connection;
  /** The artifact that the process keeps for this session; released with it. */
  readonly artifact: Disposable;
  /** Of deadlines and durations. */
  readonly clock: Clock;
  readonly limits: PluginLimits;
  readonly stats: StatsRecorder;
  /** Does what the guest asks of the host. */
  readonly hostCall: (
    interfaceName: string,
    functionName: string,
    args: readonly unknown[],
  ) => Promise<HostOutcome>;
  /** Called once, when the worker is gone; the call that ran is told afterwards. */
  readonly onEnd: (failure: PluginFailure) => void;
  readonly report: (message: string) => void;
}

const loadMs = 60_000;

/** What was lifted is written more widely in places (numbers, lengths); beside it stand failures and backtraces. */
function maxMessageBytes({ liftedMib }: PluginLimits): number {
  return (2 * liftedMib + 1) * 1024 * 1024;
}
const lastEventsKept = 16;

/**
 * The server's end of one worker: one call at a time, each under its deadlines, host calls answered meanwhile. The first
 * reason to end it counts; what was running then, and whatever is asked later, is answered with that reason.
 */
export class GuestSession {
  readonly #options: GuestSessionOptions;
  readonly #id: number;
  readonly #lastEvents: string[] = [];
  #activity: Activity | undefined;
  #firstCall: FirstCall | undefined;
  #nextCall = 1;
  /** There is, or was, a worker. */
  #started = false;
  /** Why the worker was told to end. */
  #condemned: PluginFailure | undefined;
  #failure: PluginFailure | undefined;
  readonly #gone: Promise<void>;
  #signalGone: () => void = () => {};

  constructor(options: GuestSessionOptions) {
    this.#options = options;
    this.#gone = new Promise((resolve) => {
      this.#signalGone = resolve;
    });
    this.#id = options.connection.add({
      onMessage: (message) => this.#receive(message),
      maxMessageBytes: maxMessageBytes(options.limits),
      onLost: (reason) => this.#finish(this.#condemned ?? this.#lost(reason)),
    });
  }

  /** Why no call can be made any more. */
  get failure(): PluginFailure | undefined {
    return this.#failure ?? this.#condemned;
  }

  /** Resolves when the worker is gone. */
  get gone(): Promise<void> {
    return this.#gone;
  }

  /** Boots the worker, compiles or takes over the component, links it. A call need not wait for that. */
  load(
    message: Omit<Extract<ServerMessage, { type: "start" }>, "type" | "instance">,
  ): Promise<Result<unknown, PluginFailure>> {
    if (this.failure) return Promise.resolve(err(this.failure));
    const loaded = new Promise<Result<unknown, PluginFailure>>((resolve) => {
      this.#begin("loading the component", 0, loadMs, resolve);
    });
    this.#started = true;
    this.#options.connection.send({ type: "start", instance: this.#id, ...message });
    return loaded;
  }

  /** Calls an export; `label` says what for. A trap or a deadline ends the session before the answer comes. */
  async call(
    name: ExportName,
    args: readonly unknown[],
    deadlineMs: number,
    label: string = name,
  ): Promise<Result<unknown, PluginFailure>> {
    if (this.failure) return err(this.failure);
    const { clock, connection, stats } = this.#options;
    const call = this.#nextCall++;
    let startedAt: number | undefined;
    const answer = new Promise<Result<unknown, PluginFailure>>((resolve) => {
      const begin = (): void => {
        this.#lastEvents.push(label);
        if (this.#lastEvents.length > lastEventsKept) this.#lastEvents.shift();
        startedAt = clock.monotonic();
        this.#begin(name, call, deadlineMs, resolve);
      };
      if (this.#activity) this.#firstCall = { begin, refuse: (failure) => resolve(err(failure)) };
      else begin();
    });
    connection.send({ type: "call", instance: this.#id, call, function: exportFunctions[name], args });
    const result = await answer;
    if (startedAt === undefined) return result;
    const answered = result.ok || result.error.code === "plugin-error" || result.error.code === "init-failed";
    stats.record(name, clock.monotonic() - startedAt, result.ok ? "ok" : answered ? "error" : "trap");
    return result;
  }

  /** Ends the worker; the first reason counts. */
  end(failure: PluginFailure): void {
    if (this.failure) return;
    this.#condemned = failure;
    this.#activity?.timer.stop();
    if (this.#started) this.#options.connection.terminate(this.#id);
    else this.#finish(failure);
  }

  #begin(
    label: string,
    call: number,
    deadlineMs: number,
    settle: (result: Result<unknown, PluginFailure>) => void,
  ): void {
    this.#activity = {
      label,
      call,
      timer: this.#startTimer(deadlineMs),
      compiled: false,
      hostCall: undefined,
      settle: (result) => {
        this.#activity?.timer.stop();
        this.#activity = undefined;
        settle(result);
      },
    };
  }

  #takeFirstCall(): FirstCall | undefined {
    const first = this.#firstCall;
    this.#firstCall = undefined;
    return first;
  }

  #startTimer(deadlineMs: number): CallTimer {
    const { clock, limits } = this.#options;
    return new CallTimer(clock, deadlineMs, limits.hostTimeMs, (which) => this.#expired(which, deadlineMs));
  }

  #expired(which: Expired, deadlineMs: number): void {
    if (!this.#activity) return;
    const { label, hostCall } = this.#activity;
    const { limits } = this.#options;
    const host = `for the host (${hostCall?.name ?? "between calls"}; limit host_time_ms)`;
    this.end({
      code: "deadline",
      export: label,
      message:
        which === "guest"
          ? `${label} did not answer within ${deadlineMs} ms and was ended`
          : `${label} waited more than ${limits.hostTimeMs} ms ${host} and was ended`,
      ...this.#running(),
      ...limitOf(which, this.#activity, limits),
    });
  }

  #receive(message: InstanceMessage): void {
    if (message.type === "exited") {
      const reason = printable(message.reason, 1_000);
      this.#finish(this.#condemned ?? this.#crashed(reason, message.outOfMemory));
      return;
    }
    if (this.failure) return;
    const activity = this.#activity;
    if (!activity) return this.#violated("a message of an instance that runs nothing");
    switch (message.type) {
      case "compiled":
        if (activity.call !== 0) return this.#violated("`compiled` during a call");
        // Each would start the deadline anew.
        if (activity.compiled) return this.#violated("a second `compiled`");
        activity.compiled = true;
        // Start functions of core modules run from here on: guest code, under the deadline of `init`.
        activity.timer.stop();
        activity.timer = this.#startTimer(this.#options.limits.initDeadlineMs);
        return;
      case "loaded":
        if (activity.call !== 0 || activity.hostCall) return this.#violated("`loaded` during a call");
        this.#options.stats.memoryBytes = message.memoryBytes;
        activity.settle(ok());
        this.#takeFirstCall()?.begin();
        return;
      case "load-failed": {
        if (activity.call !== 0 || activity.hostCall) {
          return this.#violated("`load-failed` during a call");
        }
        const failure = notLoaded(message.failure, this.#options.limits);
        activity.settle(err(failure));
        this.#takeFirstCall()?.refuse(failure);
        return;
      }
      case "host-call":
        this.#hostCall(activity, message);
        return;
      case "result":
        if (activity.call !== message.call || activity.hostCall) {
          return this.#violated("the result of a call that was not made");
        }
        this.#options.stats.memoryBytes = message.memoryBytes;
        this.#options.stats.liftedBytes = message.liftedBytes;
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
      case "trap": {
        const { limits, stats } = this.#options;
        const failure = trapped(activity.label, outcome.failure, limits, stats.memoryBytes);
        // The call is answered once the worker is gone.
        this.end({ ...failure, ...this.#running() });
        return;
      }
    }
  }

  #hostCall(activity: Activity, message: Extract<InstanceMessage, { type: "host-call" }>): void {
    if (activity.hostCall) return this.#violated("a host call during a host call");
    const name = `${message.interface}.${message.function}`;
    const current = { id: message.hostCall, name };
    activity.hostCall = current;
    activity.timer.enterHost();
    if (this.failure) return;
    this.#options.stats.hostCalls++;
    const reply = (outcome: HostOutcome): void => {
      if (this.failure || activity.hostCall !== current) return;
      activity.timer.leaveHost();
      if (this.failure) return;
      activity.hostCall = undefined;
      this.#options.connection.send({ type: "reply", instance: this.#id, hostCall: current.id, outcome });
    };
    this.#options
      .hostCall(message.interface, message.function, message.args)
      .then(reply, (error: unknown) => {
        const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
        this.#options.report(`the host failed in ${name}: ${text}`);
        reply({ kind: "refused", message: `the host failed in ${name}` });
      });
  }

  #violated(what: string): void {
    this.#options.connection.violated(what);
  }

  #lost(reason: string): PluginFailure {
    return { code: "host-died", message: `the plugin-host process is gone: ${reason}`, ...this.#running() };
  }

  #crashed(reason: string, outOfMemory: boolean): PluginFailure {
    return outOfMemory
      ? {
          code: "memory",
          message: `the plugin's worker ran out of memory: ${reason}`,
          ...this.#running(),
        }
      : { code: "trap", message: `the plugin's worker ended by itself: ${reason}`, ...this.#running() };
  }

  /** What it is doing, for the record of its end. */
  #running(): { export?: string; evidence?: CallEvidence } {
    if (!this.#activity) return {};
    const { label, hostCall, timer } = this.#activity;
    const evidence: CallEvidence = {
      export: label,
      ...(hostCall ? { hostCall: hostCall.name } : {}),
      elapsedMs: Math.round(timer.elapsedMs),
      guestMs: Math.round(timer.guestMs),
      lastEvents: [...this.#lastEvents],
    };
    return { export: label, evidence };
  }

  /** The worker is gone: tell everybody, once. */
  #finish(failure: PluginFailure): void {
    if (this.#failure) return;
    this.#failure = failure;
    const { connection, artifact, onEnd } = this.#options;
    connection.remove(this.#id);
    artifact[Symbol.dispose]();
    onEnd(failure);
    this.#activity?.settle(err(failure));
    this.#takeFirstCall()?.refuse(failure);
    this.#signalGone();
  }
}

/** The limit behind a deadline; compiling has one of its own, which nobody sets. */
function limitOf(which: Expired, activity: Activity, limits: PluginLimits): Pick<PluginFailure, "limit"> {
  if (which === "guest" && activity.call === 0 && !activity.compiled) return {};
  const init = activity.call === 0 || activity.label === "init";
  const name = which === "host" ? "hostTimeMs" : init ? "initDeadlineMs" : "callDeadlineMs";
  return { limit: { name: limitKey(name), value: limits[name] } };
}

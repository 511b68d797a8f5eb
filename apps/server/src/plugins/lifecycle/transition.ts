import { assertNever } from "@novywave/base";
import type { PluginFailure } from "@novywave/plugin-host";
import { backoffDelay, failureShownMs, healthyMs, lossDelay, maxDeaths } from "../backoff.js";
import { isDeath } from "../failure-advice.js";
import { sameEntry, type PluginEntry } from "../plugin-entry.js";
import type { Preparation, Succession } from "../preparation.js";
import { remember } from "./missed-changes.js";
import {
  isOff,
  runningOf,
  type Effect,
  type Lifecycle,
  type LifecycleEvent,
  type LifecycleState,
  type Running,
  type Step,
  type Surroundings,
} from "./model.js";

/**
 * The life of one plugin as one pure function: what is true after an event, and what is to be done about it. Every
 * event is possible in every state; one that comes too late, or means nothing there, changes nothing.
 */
export function transition(life: Lifecycle, event: LifecycleEvent, around: Surroundings): Step {
  switch (event.kind) {
    case "configured":
      return configured(life, event.entry);
    case "retry-asked":
      return isOff(life.entry) ? stay(life) : begin({ ...life, deaths: 0, losses: 0 });
    case "artifact-changed":
      return isOff(life.entry) ? stay(life) : begin(life);
    case "grants-changed":
      return isOff(life.entry) || waitsForItself(life.state) ? stay(life) : begin(life);
    case "prepared":
      if (life.flight.step !== "preparing" || life.flight.attempt !== event.attempt) return stay(life);
      return prepared(life, life.flight.attempt, event.preparation);
    case "started":
      return started(life, event.attempt, event.description);
    case "start-failed":
      if (life.flight.step !== "starting" || life.flight.attempt !== event.attempt) return stay(life);
      return startFailed(life, event.failure, around);
    case "died":
      return instanceDied(life, event, around);
    case "failure-shown":
      return failureShown(life, event.attempt);
    case "retry-due":
      return isWaiting(life.state) && event.attempt === life.attempts ? begin(life) : stay(life);
    case "stayed-healthy":
      if (runningOf(life.state)?.instance !== event.instance) return stay(life);
      return step({ ...life, deaths: 0, losses: 0 });
    case "changed":
      return changed(life, event.paths);
    default:
      return assertNever(event);
  }
}

function configured(life: Lifecycle, entry: PluginEntry): Step {
  const known = life.attempts > 0 || life.state.kind === "disabled";
  if (known && sameEntry(entry, life.entry)) return step({ ...life, entry });
  const next: Lifecycle = { ...life, entry, deaths: 0, losses: 0 };
  if (isOff(entry)) return turnOff(next);
  const watches = known && !isOff(life.entry) && entry.artifactPath === life.entry.artifactPath;
  const begun = begin(next);
  return watches ? begun : step(begun.next, { kind: "watch-artifact", entry }, ...begun.effects);
}

/** Unloads and releases everything: instance, watches, timers, what was missed. */
function turnOff(life: Lifecycle): Step {
  const { facts: _facts, ...rest } = life;
  const running = runningOf(life.state);
  return step(
    { ...rest, state: { kind: "disabled" }, flight: { step: "none" }, missed: [], watched: [] },
    { kind: "cancel", timers: ["failure-shown", "retry", "healthy"] },
    { kind: "unwatch-artifact" },
    { kind: "unwatch-folders" },
    { kind: "released" },
    ...(running ? [{ kind: "stop", instance: running.instance } as const] : []),
  );
}

/** Begins an attempt; what an earlier one answers is stale. */
function begin(life: Lifecycle): Step {
  const attempt = life.attempts + 1;
  const { state, entry } = life;
  // A running plugin is said to reload, and one in quarantine to load, once something is known to differ.
  const silent = runningOf(state) !== undefined || (state.kind === "quarantined" && life.deaths > 0);
  return step(
    {
      ...life,
      attempts: attempt,
      flight: { step: "preparing", attempt },
      state: silent ? calm(state) : { kind: "loading" },
    },
    { kind: "cancel", timers: ["failure-shown", "retry"] },
    { kind: "prepare", attempt, entry },
  );
}

/** An attempt that was overtaken reloads nothing any more. */
function calm(state: LifecycleState): LifecycleState {
  return state.kind === "reloading" ? { kind: "ready", running: state.running } : state;
}

function prepared(life: Lifecycle, attempt: number, preparation: Preparation): Step {
  const known: Lifecycle = preparation.facts ? { ...life, facts: preparation.facts } : life;
  const { state } = known;
  const running = runningOf(state);
  if (state.kind === "quarantined") {
    const sameBuild = preparation.facts === undefined || preparation.facts.sha256 === state.sha256;
    if (sameBuild) return step({ ...known, flight: { step: "none" } });
  }
  switch (preparation.kind) {
    case "failed": {
      // What runs on keeps what it was granted.
      if (running && goesOn(running, preparation)) return failed(known, preparation.failure);
      return withEffects(
        [
          { kind: "in-force", preparation },
          ...(running
            ? ([
                { kind: "cancel", timers: ["healthy"] },
                { kind: "stop", instance: running.instance },
              ] as const)
            : []),
        ],
        failed({ ...known, state: { kind: "loading" } }, preparation.failure),
      );
    }
    case "needs-consent":
      return needsConsent(known, preparation);
    case "startable": {
      const { request } = preparation;
      const inForce: Effect = { kind: "in-force", preparation };
      // An identical build of an identical entry is running: nothing to do (R6.3).
      if (running && running.sha256 === request.artifact.sha256 && sameEntry(running.entry, life.entry)) {
        return step({ ...known, flight: { step: "none" }, state: { kind: "ready", running } }, inForce);
      }
      return step(
        {
          ...known,
          deaths: state.kind === "quarantined" ? 0 : known.deaths,
          flight: { step: "starting", attempt, request },
          state: running ? { kind: "reloading", running } : { kind: "loading" },
          watched: request.watch?.directories ?? [],
        },
        inForce,
        { kind: "start", attempt, request, beside: running !== undefined },
      );
    }
    default:
      return assertNever(preparation);
  }
}

function needsConsent(life: Lifecycle, preparation: Extract<Preparation, { kind: "needs-consent" }>): Step {
  const running = runningOf(life.state);
  const { message, requests } = preparation;
  const consent = { kind: "needs-consent", message, requests } as const;
  const landed: Lifecycle = { ...life, flight: { step: "none" } };
  // What was approved runs on, but not if its approval was withdrawn.
  if (running && running.sha256 !== preparation.facts.sha256 && goesOn(running, preparation)) {
    return step({ ...landed, state: { kind: "ready", running, held: consent } });
  }
  return step(
    { ...landed, state: consent, missed: [], watched: [] },
    { kind: "in-force", preparation },
    { kind: "cancel", timers: ["healthy"] },
    { kind: "unwatch-folders" },
    ...(running ? [{ kind: "stop", instance: running.instance } as const] : []),
  );
}

function goesOn({ sha256 }: Running, { mayGoOn }: Succession): boolean {
  return mayGoOn?.(sha256) ?? true;
}

function started(life: Lifecycle, attempt: number, description: string): Step {
  const { flight, state } = life;
  // Its attempt was overtaken, or the entry turned off: nobody needs this instance.
  if (flight.step !== "starting" || flight.attempt !== attempt) {
    return step(life, { kind: "stop", instance: attempt });
  }
  const before = runningOf(state);
  const running = {
    instance: attempt,
    sha256: flight.request.artifact.sha256,
    entry: life.entry,
    description,
  };
  return step(
    {
      ...life,
      flight: { step: "none" },
      state: { kind: "ready", running },
      missed: [],
      totals: { ...life.totals, starts: life.totals.starts + 1 },
    },
    {
      kind: "take-over",
      instance: attempt,
      ...(before && { from: before.instance }),
      missed: life.missed,
    },
    {
      kind: "schedule",
      timer: "healthy",
      delayMs: healthyMs,
      event: { kind: "stayed-healthy", instance: attempt },
    },
  );
}

function startFailed(life: Lifecycle, failure: PluginFailure, around: Surroundings): Step {
  if (!isDeath(failure.code) || runningOf(life.state)) return failed(life, failure);
  const build = life.flight.step === "starting" ? life.flight.request.artifact.sha256 : undefined;
  return died({ ...life, flight: { step: "none" } }, failure, around, build);
}

/** It did not come to life, and would not at another try either; what ran before runs on. */
function failed(life: Lifecycle, failure: PluginFailure): Step {
  const running = runningOf(life.state);
  const landed: Lifecycle = { ...life, flight: { step: "none" } };
  const state: LifecycleState = running
    ? { kind: "ready", running, held: { kind: "failed", failure } }
    : { kind: failure.code === "incompatible" ? "incompatible" : "error", failure };
  return step({ ...landed, state }, { kind: "report", failure });
}

function instanceDied(
  life: Lifecycle,
  { instance, failure, unhandled }: Extract<LifecycleEvent, { kind: "died" }>,
  around: Surroundings,
): Step {
  const running = runningOf(life.state);
  if (running?.instance !== instance) return stay(life);
  const { next, effects } = died(missing(life, unhandled), failure, around, running.sha256);
  return step(next, { kind: "stop", instance }, ...effects);
}

/** It lived and came to its end: tried again after a while, unless that happened too often. */
function died(
  life: Lifecycle,
  failure: PluginFailure,
  around: Surroundings,
  build: string | undefined,
): Step {
  // One that did nothing when the process went down is not to blame: it comes back, by itself and at once.
  const bystander = failure.code === "host-died" && failure.export === undefined;
  const next: Lifecycle = {
    ...life,
    deaths: life.deaths + (bystander ? 0 : 1),
    losses: life.losses + (bystander ? 1 : 0),
    totals: { ...life.totals, deaths: life.totals.deaths + 1 },
  };
  return withEffects(
    [
      { kind: "report", failure },
      { kind: "cancel", timers: ["failure-shown", "retry", "healthy"] },
    ],
    afterDeath(next, { failure, bystander, build }, around),
  );
}

interface Death {
  readonly failure: PluginFailure;
  readonly bystander: boolean;
  /** The build that died. */
  readonly build: string | undefined;
}

function afterDeath(
  life: Lifecycle,
  { failure, bystander, build }: Death,
  { now, random }: Surroundings,
): Step {
  const { deaths, losses } = life;
  if (!bystander && deaths >= maxDeaths) {
    const state: LifecycleState = {
      kind: "quarantined",
      failure,
      deaths,
      ...(build !== undefined && { sha256: build }),
    };
    return step({ ...life, state, flight: { step: "none" } });
  }
  // Its successor is on the way already.
  if (life.flight.step !== "none") return step({ ...life, state: { kind: "loading" } });
  const delayMs = bystander ? lossDelay(losses, random) : backoffDelay(deaths, random);
  if (delayMs === 0) return begin({ ...life, state: { kind: "loading" } });
  const attempt = life.attempts;
  const retry = { attempt: bystander ? losses : deaths, retryAt: now + delayMs };
  return step(
    { ...life, state: { kind: "error", failure, retry } },
    {
      kind: "schedule",
      timer: "failure-shown",
      delayMs: failureShownMs(delayMs),
      event: { kind: "failure-shown", attempt },
    },
    { kind: "schedule", timer: "retry", delayMs, event: { kind: "retry-due", attempt } },
  );
}

function failureShown(life: Lifecycle, attempt: number): Step {
  const { state } = life;
  if (state.kind !== "error" || !state.retry || attempt !== life.attempts) return stay(life);
  return step({ ...life, state: { kind: "backoff", failure: state.failure, retry: state.retry } });
}

function changed(life: Lifecycle, paths: readonly string[]): Step {
  const running = runningOf(life.state);
  if (running) return step(life, { kind: "deliver", instance: running.instance, paths });
  if (isOff(life.entry) || life.state.kind === "needs-consent") return stay(life);
  return stay(missing(life, paths));
}

function missing(life: Lifecycle, paths: readonly string[]): Lifecycle {
  const missed = remember(life.missed, paths, life.watched);
  return missed === life.missed ? life : { ...life, missed };
}

function isWaiting(state: LifecycleState): boolean {
  return state.kind === "backoff" || (state.kind === "error" && state.retry !== undefined);
}

/** Approvals of whatever plugin do not shorten a wait, and do not end a quarantine. */
function waitsForItself(state: LifecycleState): boolean {
  return isWaiting(state) || state.kind === "quarantined";
}

function stay(life: Lifecycle): Step {
  return { next: life, effects: [] };
}

function step(next: Lifecycle, ...effects: readonly Effect[]): Step {
  return { next, effects };
}

function withEffects(before: readonly Effect[], { next, effects }: Step): Step {
  return { next, effects: [...before, ...effects] };
}

import { defaultLimits, type PluginFailure, type StartRequest } from "@novywave/plugin-host";
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { maxDeaths } from "../backoff.js";
import type { PluginEntry } from "../plugin-entry.js";
import type { Preparation } from "../preparation.js";
import { isOff, newLifecycle, runningOf, type Effect, type LifecycleEvent } from "./model.js";
import { transition } from "./transition.js";

// A world that does what the effects ask for, in any order and with any outcome, while a person and the file system
// interfere. Whatever happens, the promises of a lifecycle hold.

const entries: readonly PluginEntry[] = [
  { id: "a", enabled: true, artifactPath: "a.wasm", config: {} },
  { id: "a", enabled: true, artifactPath: "a.wasm", config: { x: 1 } },
  { id: "a", enabled: true, artifactPath: "b.wasm", config: {} },
  { id: "a", enabled: false, artifactPath: "a.wasm", config: {} },
  { id: "a", enabled: true, artifactPath: "a.wasm", config: {}, suspended: "Safe mode" },
];
const failures: readonly PluginFailure[] = [
  { code: "trap", message: "t", export: "handle-event" },
  { code: "host-died", message: "h" },
  { code: "host-died", message: "h", export: "init" },
  { code: "init-failed", message: "i" },
  { code: "incompatible", message: "n" },
];

class World {
  life = newLifecycle(entries[0] ?? fail());
  readonly preparing = new Set<number>();
  readonly starting = new Map<number, StartRequest>();
  /** Instances that were made and not yet shut down. */
  readonly instances = new Set<number>();
  readonly timers = new Map<string, LifecycleEvent>();
  artifactWatches = 0;
  /** Changes that were reported, and to whom they were given. */
  sequence = 0;
  readonly told: string[] = [];
  active: number | undefined;
  now = 0;

  send(event: LifecycleEvent): void {
    const { next, effects } = transition(this.life, event, { now: this.now, random: 0 });
    this.life = next;
    for (const effect of effects) this.perform(effect);
    this.check();
  }

  perform(effect: Effect): void {
    switch (effect.kind) {
      case "prepare":
        this.preparing.add(effect.attempt);
        return;
      case "start":
        expect(effect.beside).toBe(this.active !== undefined);
        this.starting.set(effect.attempt, effect.request);
        return;
      case "take-over":
        expect(effect.from).toBe(this.active);
        if (effect.from !== undefined) this.instances.delete(effect.from);
        this.active = effect.instance;
        this.told.push(...effect.missed);
        return;
      case "stop":
        this.instances.delete(effect.instance);
        if (this.active === effect.instance) this.active = undefined;
        return;
      case "deliver":
        expect(effect.instance).toBe(this.active);
        this.told.push(...effect.paths);
        return;
      case "schedule":
        this.timers.set(effect.timer, effect.event);
        return;
      case "cancel":
        for (const timer of effect.timers) this.timers.delete(timer);
        return;
      case "watch-artifact":
        this.artifactWatches = 1;
        return;
      case "unwatch-artifact":
        this.artifactWatches = 0;
        return;
      default:
        return;
    }
  }

  check(): void {
    const { state, flight, entry, deaths } = this.life;
    expect(runningOf(state)?.instance).toBe(this.active);
    if (isOff(entry) && this.life.attempts > 0) {
      expect(state.kind).toBe("disabled");
      expect([this.artifactWatches, this.timers.size, this.active]).toEqual([0, 0, undefined]);
    }
    if (state.kind === "reloading") expect(flight.step).toBe("starting");
    // Never stuck: something is under way, a timer runs, or a person can read what to do.
    if (state.kind === "loading" && this.life.attempts > 0) expect(flight.step).not.toBe("none");
    if (state.kind === "backoff") expect(this.timers.has("retry")).toBe(true);
    if (state.kind === "error" && state.retry) expect(this.timers.has("retry")).toBe(true);
    if (runningOf(state)) expect(deaths).toBeLessThan(maxDeaths);
    if (state.kind === "ready") expect(this.instances.has(state.running.instance)).toBe(true);
  }
}

function fail(): never {
  throw new Error("no entry");
}

function preparation(kind: number, build: number, life: World["life"]): Preparation {
  const sha256 = `build-${build}`;
  const facts = { version: "1", sha256, capabilities: [], description: "" };
  if (kind === 1) return { kind: "failed", failure: failures[build % 2 === 0 ? 3 : 4] ?? fail(), facts };
  if (kind === 2) {
    return {
      kind: "needs-consent",
      facts,
      message: "asks",
      requests: { capabilities: [], folders: [], limits: [] },
    };
  }
  return {
    kind: "startable",
    facts,
    request: {
      pluginId: life.entry.id,
      artifact: { path: "", place: "", bytes: new Uint8Array(), sha256, size: 0 },
      manifest: {
        id: "a",
        version: "1",
        description: "",
        authors: [],
        license: "",
        capabilities: [],
        channels: [],
        source: "imports",
      },
      config: {},
      channels: [],
      capabilities: [],
      folders: [],
      limits: defaultLimits,
      watch: { directories: ["/w"], debounceMs: 1 },
    },
  };
}

/** What happens next; numbers choose among what can. */
const happenings = fc.array(
  fc.oneof(
    fc.record({ what: fc.constant("configure" as const), index: fc.nat(entries.length - 1) }),
    fc.record({ what: fc.constantFrom("retry" as const, "artifact" as const, "grants" as const) }),
    fc.record({
      what: fc.constant("prepared" as const),
      pick: fc.nat(9),
      kind: fc.nat(5),
      build: fc.nat(2),
    }),
    fc.record({ what: fc.constant("started" as const), pick: fc.nat(9), fails: fc.nat(12) }),
    fc.record({ what: fc.constant("die" as const), failure: fc.nat(2), pick: fc.nat(9) }),
    fc.record({ what: fc.constant("timer" as const), pick: fc.nat(9) }),
    fc.record({ what: fc.constant("change" as const) }),
  ),
  { minLength: 1, maxLength: 60 },
);

type Happening = typeof happenings extends fc.Arbitrary<readonly (infer H)[]> ? H : never;

function happen(world: World, happening: Happening): void {
  switch (happening.what) {
    case "configure":
      world.send({ kind: "configured", entry: entries[happening.index] ?? fail() });
      return;
    case "retry":
      world.send({ kind: "retry-asked" });
      return;
    case "artifact":
      if (world.artifactWatches > 0) world.send({ kind: "artifact-changed" });
      return;
    case "grants":
      world.send({ kind: "grants-changed" });
      return;
    case "prepared": {
      const attempt = pickFrom([...world.preparing], happening.pick);
      if (attempt === undefined) return;
      world.preparing.delete(attempt);
      world.send({
        kind: "prepared",
        attempt,
        preparation: preparation(happening.kind, happening.build, world.life),
      });
      return;
    }
    case "started": {
      const attempt = pickFrom([...world.starting.keys()], happening.pick);
      if (attempt === undefined) return;
      world.starting.delete(attempt);
      const failure = failures[happening.fails];
      if (failure) world.send({ kind: "start-failed", attempt, failure });
      else {
        world.instances.add(attempt);
        world.send({ kind: "started", attempt, description: "" });
      }
      return;
    }
    case "die": {
      // Also of one that was replaced: that means nothing.
      const instance = happening.pick < 7 ? world.active : happening.pick;
      const failure = failures[happening.failure] ?? fail();
      if (instance !== undefined) world.send({ kind: "died", instance, failure, unhandled: [] });
      return;
    }
    case "timer": {
      const name = pickFrom([...world.timers.keys()], happening.pick);
      const event = name === undefined ? undefined : world.timers.get(name);
      if (name === undefined || !event) return;
      world.timers.delete(name);
      world.now += 1_000;
      world.send(event);
      return;
    }
    case "change":
      world.send({ kind: "changed", paths: [`/w/${String(world.sequence++).padStart(4, "0")}`] });
      return;
  }
}

function pickFrom<T>(items: readonly T[], pick: number): T | undefined {
  return items[pick % Math.max(1, items.length)];
}

it("R6.1 whatever happens: one instance is in force, nothing is stuck, and off means released", () => {
  fc.assert(
    fc.property(happenings, (all) => {
      const world = new World();
      world.send({ kind: "configured", entry: entries[0] ?? fail() });
      for (const happening of all) happen(world, happening);
      // Turned off, everything that was made is gone once what is under way has come back.
      world.send({ kind: "configured", entry: entries[3] ?? fail() });
      for (const attempt of world.starting.keys()) {
        world.starting.delete(attempt);
        world.instances.add(attempt);
        world.send({ kind: "started", attempt, description: "" });
      }
      expect(world.instances.size).toBe(0);
    }),
    { numRuns: 2_000 },
  );
});

it("R5.3 as long as an entry stays on and approved, every change is told exactly once, in order", () => {
  fc.assert(
    fc.property(happenings, (all) => {
      const world = new World();
      world.send({ kind: "configured", entry: entries[0] ?? fail() });
      const kept = all.filter(
        (happening) =>
          (happening.what !== "configure" || happening.index < 3) &&
          (happening.what !== "prepared" || happening.kind !== 2),
      );
      for (const happening of kept) happen(world, happening);
      // At last it comes to life.
      world.send({ kind: "retry-asked" });
      const attempt = world.life.attempts;
      world.send({ kind: "prepared", attempt, preparation: preparation(0, 9, world.life) });
      if (world.life.flight.step === "starting") {
        world.instances.add(attempt);
        world.send({ kind: "started", attempt, description: "" });
      }
      expect(world.told).toEqual(
        Array.from({ length: world.sequence }, (_, n) => `/w/${String(n).padStart(4, "0")}`),
      );
    }),
    { numRuns: 2_000 },
  );
});

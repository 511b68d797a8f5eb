import { defaultLimits, type PluginFailure, type StartRequest } from "@novywave/plugin-host";
import { describe, expect, it } from "vitest";
import { healthyMs, maxDeaths } from "../backoff.js";
import type { PluginEntry } from "../plugin-entry.js";
import type { Preparation } from "../preparation.js";
import {
  newLifecycle,
  type Effect,
  type Lifecycle,
  type LifecycleEvent,
  type LifecycleState,
} from "./model.js";
import { tell } from "./status.js";
import { transition } from "./transition.js";

const around = { now: 1_000, random: 0 };
const entry: PluginEntry = { id: "a", enabled: true, artifactPath: "a.wasm", config: {} };
const off: PluginEntry = { ...entry, enabled: false };
const other: PluginEntry = { ...entry, config: { x: 1 } };
const moved: PluginEntry = { ...entry, artifactPath: "b.wasm" };
const trap: PluginFailure = { code: "trap", message: "unreachable", export: "handle-event" };
const lost: PluginFailure = { code: "host-died", message: "gone" };
const broken: PluginFailure = { code: "init-failed", message: "no" };
const misfit: PluginFailure = { code: "incompatible", message: "imports wasi:sockets" };
const requests = { capabilities: [], folders: [], limits: [] };
const watch = { directories: ["/w"], debounceMs: 1 };

function facts(sha256: string) {
  return { version: "1", sha256, capabilities: [], description: "" };
}

function request(sha256: string): StartRequest {
  return {
    pluginId: "a",
    artifact: { path: "a.wasm", place: "a.wasm", bytes: new Uint8Array(), sha256, size: 0 },
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
    watch,
  };
}

const startable = (sha256: string): Preparation => ({
  kind: "startable",
  request: request(sha256),
  facts: facts(sha256),
});
const unapproved = (sha256: string, mayGoOn = true): Preparation => ({
  kind: "needs-consent",
  facts: facts(sha256),
  message: "It asks",
  requests,
  mayGoOn: () => mayGoOn,
});

function after(life: Lifecycle, ...events: readonly LifecycleEvent[]): Lifecycle {
  return events.reduce((now, event) => transition(now, event, around).next, life);
}

const configured: LifecycleEvent = { kind: "configured", entry };
const preparedOne: LifecycleEvent = { kind: "prepared", attempt: 1, preparation: startable("one") };
const startedOne: LifecycleEvent = { kind: "started", attempt: 1, description: "hi" };

const fresh = newLifecycle(entry);
const preparing = after(fresh, configured);
const starting = after(preparing, preparedOne);
const ready = after(starting, startedOne);
const looking = after(ready, { kind: "artifact-changed" });
const reloading = after(looking, { kind: "prepared", attempt: 2, preparation: startable("two") });
const held = after(reloading, { kind: "start-failed", attempt: 2, failure: broken });
const died = after(ready, { kind: "died", instance: 1, failure: trap, unhandled: ["/w/u"] });
const backoff = after(died, { kind: "failure-shown", attempt: 1 });
const failed = after(starting, { kind: "start-failed", attempt: 1, failure: broken });
const incompatible = after(preparing, {
  kind: "prepared",
  attempt: 1,
  preparation: { kind: "failed", failure: misfit },
});
const consent = after(preparing, { kind: "prepared", attempt: 1, preparation: unapproved("one") });
const disabled = after(ready, { kind: "configured", entry: off });
const quarantined: Lifecycle = after(
  { ...ready, deaths: maxDeaths - 1 },
  { kind: "died", instance: 1, failure: trap, unhandled: [] },
);

/** Every state, with an attempt under way where that makes a difference. */
const lives = {
  fresh,
  preparing,
  starting,
  ready,
  looking,
  reloading,
  held,
  died,
  backoff,
  failed,
  incompatible,
  consent,
  disabled,
  quarantined,
};

/** Every event, in all the kinds that make a difference; attempts and instances are those of the lives above. */
const events = {
  "configured: the same": configured,
  "configured: off": { kind: "configured", entry: off },
  "configured: another config": { kind: "configured", entry: other },
  "configured: another artifact": { kind: "configured", entry: moved },
  "retry asked": { kind: "retry-asked" },
  "artifact changed": { kind: "artifact-changed" },
  "grants changed": { kind: "grants-changed" },
  "prepared 1: startable": preparedOne,
  "prepared 2: the same build": { kind: "prepared", attempt: 2, preparation: startable("one") },
  "prepared 2: another build": { kind: "prepared", attempt: 2, preparation: startable("two") },
  "prepared 2: another build, unapproved": { kind: "prepared", attempt: 2, preparation: unapproved("two") },
  "prepared 2: the same build, unapproved": { kind: "prepared", attempt: 2, preparation: unapproved("one") },
  "prepared 2: another build, unapproved; the first withdrawn": {
    kind: "prepared",
    attempt: 2,
    preparation: unapproved("two", false),
  },
  "prepared 2: failed; the first withdrawn": {
    kind: "prepared",
    attempt: 2,
    preparation: { kind: "failed", failure: broken, mayGoOn: () => false },
  },
  "prepared 2: failed": {
    kind: "prepared",
    attempt: 2,
    preparation: { kind: "failed", failure: broken },
  },
  "started 1": startedOne,
  "started 2": { kind: "started", attempt: 2, description: "" },
  "start 1 failed": { kind: "start-failed", attempt: 1, failure: broken },
  "start 1 died": { kind: "start-failed", attempt: 1, failure: trap },
  "start 2 failed": { kind: "start-failed", attempt: 2, failure: broken },
  "start 2 died": { kind: "start-failed", attempt: 2, failure: trap },
  "died 1": { kind: "died", instance: 1, failure: trap, unhandled: ["/w/x"] },
  "lost 1": { kind: "died", instance: 1, failure: lost, unhandled: ["/w/x"] },
  "died 9": { kind: "died", instance: 9, failure: trap, unhandled: ["/w/x"] },
  "failure shown": { kind: "failure-shown", attempt: 1 },
  "retry due": { kind: "retry-due", attempt: 1 },
  "stayed healthy": { kind: "stayed-healthy", instance: 1 },
  changed: { kind: "changed", paths: ["/w/c"] },
} as const satisfies Record<string, LifecycleEvent>;

type LifeName = keyof typeof lives;
type EventName = keyof typeof events;
type Kind = LifecycleState["kind"];

const kinds: Record<LifeName, Kind> = {
  fresh: "loading",
  preparing: "loading",
  starting: "loading",
  ready: "ready",
  looking: "ready",
  reloading: "reloading",
  held: "ready",
  died: "error",
  backoff: "backoff",
  failed: "error",
  incompatible: "incompatible",
  consent: "needs-consent",
  disabled: "disabled",
  quarantined: "quarantined",
};

// What changes, by event: the next state, and the effects in order. Where nothing stands, the event changes nothing.
type Cell = readonly [Kind, ...(readonly Effect["kind"][])];
const begun = ["cancel", "prepare"] as const;
const begunAnew = ["watch-artifact", ...begun] as const;
const stopped = ["cancel", "unwatch-artifact", "unwatch-folders", "released"] as const;
const waits = ["report", "cancel", "schedule", "schedule"] as const;
const table: Record<EventName, Partial<Record<LifeName, Cell | undefined>>> = {
  "configured: the same": {
    fresh: ["loading", ...begunAnew],
    disabled: ["loading", ...begunAnew],
  },
  "configured: off": {
    ...everywhere(["disabled", ...stopped]),
    disabled: undefined,
    ready: ["disabled", ...stopped, "stop"],
    looking: ["disabled", ...stopped, "stop"],
    reloading: ["disabled", ...stopped, "stop"],
    held: ["disabled", ...stopped, "stop"],
  },
  "configured: another config": {
    ...everywhere(["loading", ...begun]),
    fresh: ["loading", ...begunAnew],
    ready: ["ready", ...begun],
    looking: ["ready", ...begun],
    reloading: ["ready", ...begun],
    held: ["ready", ...begun],
    disabled: ["loading", ...begunAnew],
  },
  "configured: another artifact": {
    ...everywhere(["loading", ...begunAnew]),
    ready: ["ready", ...begunAnew],
    looking: ["ready", ...begunAnew],
    reloading: ["ready", ...begunAnew],
    held: ["ready", ...begunAnew],
  },
  "retry asked": {
    ...everywhere(["loading", ...begun]),
    ready: ["ready", ...begun],
    looking: ["ready", ...begun],
    reloading: ["ready", ...begun],
    held: ["ready", ...begun],
    disabled: undefined,
  },
  "artifact changed": {
    ...everywhere(["loading", ...begun]),
    ready: ["ready", ...begun],
    looking: ["ready", ...begun],
    reloading: ["ready", ...begun],
    held: ["ready", ...begun],
    quarantined: ["quarantined", ...begun],
    disabled: undefined,
  },
  "grants changed": {
    ...everywhere(["loading", ...begun]),
    ready: ["ready", ...begun],
    looking: ["ready", ...begun],
    reloading: ["ready", ...begun],
    held: ["ready", ...begun],
    died: undefined,
    backoff: undefined,
    quarantined: undefined,
    disabled: undefined,
  },
  "prepared 1: startable": { preparing: ["loading", "in-force", "start"] },
  "prepared 2: the same build": { looking: ["ready", "in-force"] },
  "prepared 2: another build": { looking: ["reloading", "in-force", "start"] },
  "prepared 2: another build, unapproved": { looking: ["ready"] },
  "prepared 2: the same build, unapproved": {
    looking: ["needs-consent", "in-force", "cancel", "unwatch-folders", "stop"],
  },
  "prepared 2: another build, unapproved; the first withdrawn": {
    looking: ["needs-consent", "in-force", "cancel", "unwatch-folders", "stop"],
  },
  "prepared 2: failed; the first withdrawn": { looking: ["error", "in-force", "cancel", "stop", "report"] },
  "prepared 2: failed": { looking: ["ready", "report"] },
  "started 1": {
    ...everywhere(undefined, (name) => [kinds[name], "stop"]),
    starting: ["ready", "take-over", "schedule"],
  },
  "started 2": {
    ...everywhere(undefined, (name) => [kinds[name], "stop"]),
    reloading: ["ready", "take-over", "schedule"],
  },
  "start 1 failed": { starting: ["error", "report"] },
  "start 1 died": { starting: ["error", ...waits] },
  "start 2 failed": { reloading: ["ready", "report"] },
  "start 2 died": { reloading: ["ready", "report"] },
  "died 1": {
    ready: ["error", "stop", ...waits],
    held: ["error", "stop", ...waits],
    looking: ["loading", "stop", "report", "cancel"],
    reloading: ["loading", "stop", "report", "cancel"],
  },
  "lost 1": {
    ready: ["loading", "stop", "report", "cancel", ...begun],
    held: ["loading", "stop", "report", "cancel", ...begun],
    looking: ["loading", "stop", "report", "cancel"],
    reloading: ["loading", "stop", "report", "cancel"],
  },
  "died 9": {},
  "failure shown": { died: ["backoff"] },
  "retry due": { died: ["loading", ...begun], backoff: ["loading", ...begun] },
  "stayed healthy": {},
  changed: {
    ready: ["ready", "deliver"],
    looking: ["ready", "deliver"],
    reloading: ["reloading", "deliver"],
    held: ["ready", "deliver"],
  },
};

function everywhere(
  cell: Cell | undefined,
  make: (name: LifeName) => Cell | undefined = () => cell,
): Partial<Record<LifeName, Cell>> {
  return Object.fromEntries(
    (Object.keys(kinds) as LifeName[]).flatMap((name) => {
      const made = make(name);
      return made ? [[name, made]] : [];
    }),
  );
}

describe("R6.1 every state × every event", () => {
  const cases = (Object.keys(kinds) as LifeName[]).flatMap((life) =>
    (Object.keys(table) as EventName[]).map((event) => [life, event] as const),
  );

  it("the lives are in the states that they are named for", () => {
    expect(Object.fromEntries(Object.entries(lives).map(([name, life]) => [name, life.state.kind]))).toEqual(
      kinds,
    );
  });

  it.each(cases)("%s, %s", (life, event) => {
    const { next, effects } = transition(lives[life], events[event], around);
    const [kind, ...done] = table[event][life] ?? [kinds[life]];
    expect(next.state.kind).toBe(kind);
    expect(effects.map((effect) => effect.kind)).toEqual(done);
    // Every state says why, and what can be done where something can.
    const told = tell(next);
    expect(told.state).toBe(kind);
    expect(told.message).not.toBe("");
    if (["error", "backoff", "incompatible", "needs-consent", "quarantined"].includes(kind)) {
      expect(told.action).not.toBe("");
      expect(told.code).toBeDefined();
    }
  });
});

describe("R6.4 deaths", () => {
  it("a plugin that dies waits longer each time, with chance added, and the wait is told", () => {
    let life = ready;
    const waited: number[] = [];
    for (let death = 1; death < maxDeaths; death++) {
      const { next, effects } = transition(
        life,
        { kind: "died", instance: life.attempts, failure: trap, unhandled: [] },
        { now: 0, random: 0.5 },
      );
      const retry = effects.findLast((effect) => effect.kind === "schedule");
      waited.push(retry?.delayMs ?? 0);
      expect(tell(next)).toMatchObject({ attempt: death, retryAt: waited.at(-1) });
      const attempt = next.attempts + 1;
      life = after(
        next,
        { kind: "retry-due", attempt: next.attempts },
        { kind: "prepared", attempt, preparation: startable("one") },
        { kind: "started", attempt, description: "" },
      );
    }
    expect(waited).toEqual([3_375, 6_750, 13_500, 27_000]);
    const last = after(life, { kind: "died", instance: life.attempts, failure: trap, unhandled: [] });
    expect(last.state).toMatchObject({ kind: "quarantined", deaths: maxDeaths, sha256: "one" });
  });

  it("a healthy minute is waited for once, by the instance that runs", () => {
    const effects = transition(starting, startedOne, around).effects;
    expect(effects).toContainEqual({
      kind: "schedule",
      timer: "healthy",
      delayMs: healthyMs,
      event: { kind: "stayed-healthy", instance: 1 },
    });
    expect(after({ ...ready, deaths: 3, losses: 2 }, { kind: "stayed-healthy", instance: 1 })).toMatchObject({
      deaths: 0,
      losses: 0,
    });
    expect(after({ ...ready, deaths: 3 }, { kind: "stayed-healthy", instance: 7 }).deaths).toBe(3);
  });

  it("quarantine ends with a person's retry, a changed entry, or another build; not with the same one", () => {
    const looked = after(quarantined, { kind: "artifact-changed" });
    const attempt = looked.attempts;
    const same = after(looked, { kind: "prepared", attempt, preparation: startable("one") });
    expect(same).toMatchObject({ state: { kind: "quarantined" }, flight: { step: "none" } });
    const unreadable = { kind: "failed", failure: broken } as const;
    expect(after(looked, { kind: "prepared", attempt, preparation: unreadable }).state.kind).toBe(
      "quarantined",
    );
    const built = after(looked, { kind: "prepared", attempt, preparation: startable("two") });
    expect(built).toMatchObject({ state: { kind: "loading" }, deaths: 0 });
    for (const event of [events["retry asked"], events["configured: another config"]]) {
      expect(after(quarantined, event)).toMatchObject({ state: { kind: "loading" }, deaths: 0 });
    }
  });
});

describe("changes while nobody is there", () => {
  it("are kept in every state in which the plugin may come back, and given to the next instance", () => {
    for (const life of [starting, died, backoff, failed, quarantined]) {
      const kept = after(life, { kind: "changed", paths: ["/w/c", "/w/a"] });
      expect(kept.missed).toEqual([...new Set([...life.missed, "/w/a", "/w/c"])].toSorted());
    }
    for (const life of [consent, disabled]) expect(after(life, events.changed).missed).toEqual([]);
    const kept = after(starting, events.changed);
    expect(transition(kept, startedOne, around).effects[0]).toEqual({
      kind: "take-over",
      instance: 1,
      missed: ["/w/c"],
    });
  });

  it("what an instance had not handled when it died goes to the next", () => {
    expect(died.missed).toEqual(["/w/u"]);
    expect(after(reloading, events["lost 1"]).missed).toEqual(["/w/x"]);
  });

  it("too many become the watched folders", () => {
    const many = Array.from({ length: 10_001 }, (_, n) => `/w/${n}`);
    expect(after(died, { kind: "changed", paths: many }).missed).toEqual(["/w"]);
  });
});

describe("R6.2 blue and green", () => {
  it("the new instance takes over from the old one", () => {
    const { effects } = transition(reloading, { kind: "started", attempt: 2, description: "" }, around);
    expect(effects[0]).toEqual({ kind: "take-over", instance: 2, from: 1, missed: [] });
  });

  it("if it fails the old one stays, and the status says so", () => {
    expect(tell(held)).toMatchObject({ state: "ready", code: "init-failed" });
    expect(tell(held).message).toContain("runs on");
    const unapprovedBuild = after(looking, events["prepared 2: another build, unapproved"]);
    expect(tell(unapprovedBuild)).toMatchObject({ state: "ready", code: "needs-consent", requests });
  });

  it("if the old one dies meanwhile, the new one goes on alone", () => {
    const alone = after(reloading, events["died 1"]);
    expect(alone).toMatchObject({ state: { kind: "loading" }, flight: { step: "starting", attempt: 2 } });
    expect(after(alone, { kind: "started", attempt: 2, description: "" }).state.kind).toBe("ready");
  });
});

import { SimulatedClock } from "@novywave/base";
import { createFlow } from "@novywave/dataflow";
import type { PluginStatus } from "@novywave/protocol";
import { describe, expect, onTestFinished, test } from "vitest";
import { healthyMs, maxDeaths } from "../plugins/backoff.js";
import type { PluginEntry } from "../plugins/plugin-entry.js";
import { createRelays, ready, type PublishedFact, type RelayState } from "../relays.js";
import { closedGate } from "../testing/gate.js";
import { entry, FakePlugins } from "../testing/fake-plugins.js";
import { createPluginManagerActor } from "./plugin-manager-actor.js";

function scene() {
  const clock = new SimulatedClock(1_000);
  const flow = createFlow({ clock });
  onTestFinished(() => flow[Symbol.dispose]());
  const plugins = new FakePlugins();
  const relays = createRelays(flow, "/w/.novywave");
  const replay = relays.pluginsConfigReplay.emitter();
  const manager = createPluginManagerActor({ flow, relays, ports: plugins.ports, host: plugins.host });
  const emissions: RelayState<readonly PluginStatus[]>[] = [];
  relays.pluginStatus.subscribe((value) => emissions.push(value));
  flow.start();
  return {
    clock,
    flow,
    plugins,
    relays,
    manager,
    emissions,
    replay: async (...entries: PluginEntry[]) => {
      replay(entries.length > 0 ? ready(entries) : { state: "empty" });
      await flow.settle();
    },
    replayProblem: replay,
    status: (id: string): PluginStatus => {
      const now = relays.pluginStatus.current;
      const found = now.state === "ready" ? now.value.find((status) => status.id === id) : undefined;
      if (!found) throw new Error(`no status of ${id}`);
      return found;
    },
    pass: async (ms: number) => {
      clock.advance(ms);
      await flow.settle();
    },
  };
}

function statesOf(emissions: readonly RelayState<readonly PluginStatus[]>[], id: string): string[] {
  const states = emissions.flatMap((value) =>
    value.state === "ready" ? value.value.filter((status) => status.id === id).map(({ state }) => state) : [],
  );
  return states.filter((state, index) => state !== states[index - 1]);
}

describe("R1.3 plugin_status has explicit states", () => {
  test("loading before the first replay, empty without entries, error without a configuration", async () => {
    const { relays, replay } = scene();
    expect(relays.pluginStatus.current).toEqual({ state: "loading" });
    expect(relays.pluginDiscovery.current).toEqual({ state: "loading" });
    await replay();
    expect(relays.pluginStatus.current.state).toBe("empty");
    expect(relays.pluginDiscovery.current.state).toBe("empty");
  });

  test("a configuration that was never valid is an error, not an empty list", async () => {
    const { relays, flow, replayProblem } = scene();
    replayProblem({ state: "error", message: "line 3: no" });
    await flow.settle();
    expect(relays.pluginStatus.current).toEqual({ state: "error", message: "line 3: no" });
    expect(relays.pluginDiscovery.current).toEqual({ state: "error", message: "line 3: no" });
  });
});

describe("R6.1 start", () => {
  test("an enabled entry goes from loading to ready with the message of its plugin", async () => {
    const { replay, emissions, status } = scene();
    await replay(entry("a", { config: { greeting: "NovyWave" } }));
    expect(statesOf(emissions, "a")).toEqual(["loading", "ready"]);
    expect(status("a")).toMatchObject({ message: "Hello, NovyWave", sha256: "build-1", enabled: true });
  });

  test("a disabled entry is not even read", async () => {
    const { replay, plugins, status } = scene();
    await replay(entry("a", { enabled: false }));
    expect(status("a").state).toBe("disabled");
    expect(plugins.prepared).toBe(0);
    expect(plugins.artifactWatches.size).toBe(0);
  });

  test("a suspended entry is disabled with the program's reason", async () => {
    const { replay, plugins, status } = scene();
    await replay(entry("a", { suspended: "Safe mode" }));
    expect(status("a")).toMatchObject({ state: "disabled", message: "Safe mode", enabled: true });
    expect(plugins.instances).toEqual([]);
  });

  test("an artifact that is not approved does not run until it is", async () => {
    const { replay, plugins, manager, flow, status } = scene();
    plugins.unapproved.add("a");
    await replay(entry("a"));
    expect(status("a")).toMatchObject({
      state: "needs-consent",
      requests: { capabilities: [{ name: "relay", reason: "to publish" }] },
    });
    expect(status("a").action).toContain("plugins grant a");
    expect(plugins.instances).toEqual([]);
    plugins.unapproved.clear();
    manager.send({ kind: "grants-changed" });
    await flow.settle();
    expect(status("a").state).toBe("ready");
  });

  test("a failure to load names cause and action, and is not repeated by itself", async () => {
    const { replay, plugins, status, pass } = scene();
    plugins.preparationFailures.set("a", { code: "core-module", message: "a.wasm is a core module" });
    await replay(entry("a"));
    expect(status("a")).toMatchObject({
      state: "error",
      code: "core-module",
      message: "a.wasm is a core module",
    });
    expect(status("a").action).toContain("component");
    await pass(600_000);
    expect(plugins.prepared).toBe(1);
  });

  test("what this host cannot run is incompatible", async () => {
    const { replay, plugins, status } = scene();
    plugins.preparationFailures.set("a", { code: "incompatible", message: "imports wasi:sockets" });
    await replay(entry("a"));
    expect(status("a").state).toBe("incompatible");
  });
});

describe("R6.2 reload", () => {
  test("only the changed entry reloads", async () => {
    const { replay, plugins, status } = scene();
    await replay(entry("a"), entry("b"));
    await replay(entry("a", { config: { greeting: "you" } }), entry("b"));
    expect(plugins.of("a")).toHaveLength(2);
    expect(plugins.of("b")).toHaveLength(1);
    expect(status("a").message).toBe("Hello, you");
  });

  test("a new build reloads, the same build does not", async () => {
    const { replay, plugins, flow } = scene();
    await replay(entry("a"));
    plugins.artifactWatches.get("a.wasm")?.();
    await flow.settle();
    expect(plugins.of("a")).toHaveLength(1);
    plugins.artifacts.set("a", "build-2");
    plugins.artifactWatches.get("a.wasm")?.();
    await flow.settle();
    expect(plugins.of("a")).toHaveLength(2);
    expect(plugins.of("a")[0]?.shutdowns).toBe(1);
  });

  test("the old instance runs until the new one is ready, and stays if that fails", async () => {
    const { replay, plugins, emissions, status } = scene();
    await replay(entry("a"));
    plugins.startFailures.set("a", { code: "init-failed", message: "invalid config key `greeting`" });
    await replay(entry("a", { config: { greeting: 5 } }));
    expect(plugins.of("a")[0]?.shutdowns).toBe(0);
    expect(statesOf(emissions, "a")).toEqual(["loading", "ready", "reloading", "ready"]);
    expect(status("a")).toMatchObject({ state: "ready", code: "init-failed" });
    expect(status("a").message).toContain("invalid config key `greeting`");
  });

  test("a build that is not approved does not replace one that is; withdrawing the approval stops it", async () => {
    const { replay, plugins, manager, flow, status } = scene();
    await replay(entry("a"));
    plugins.artifacts.set("a", "build-2");
    plugins.unapproved.add("a");
    plugins.artifactWatches.get("a.wasm")?.();
    await flow.settle();
    expect(status("a")).toMatchObject({ state: "ready", code: "needs-consent" });
    expect(plugins.of("a")[0]?.shutdowns).toBe(0);
    plugins.artifacts.set("a", "build-1");
    manager.send({ kind: "grants-changed" });
    await flow.settle();
    expect(status("a").state).toBe("needs-consent");
    expect(plugins.of("a")[0]?.shutdowns).toBe(1);
  });
});

describe("R6.2 one instance takes over from another", () => {
  test("the old one finishes its call first; what it left undone goes to the new one, and nothing is told twice", async () => {
    const { replay, plugins, flow } = scene();
    const watch = { directories: ["/w"], debounceMs: 10 };
    await replay(entry("a", { watch }));
    const [tell] = plugins.watches.keys();
    const [old] = plugins.of("a");
    const gate = closedGate();
    if (old) {
      old.busy = gate.passed;
      old.waiting = ["/w/left"];
    }
    const replayed = replay(entry("a", { watch, config: { greeting: "you" } }));
    while (plugins.of("a").length < 2) await Promise.resolve();
    tell?.(["/w/during"]);
    const fresh = plugins.of("a")[1];
    expect([fresh?.accepted, old?.shutdowns]).toEqual([false, 0]);
    gate.open();
    await replayed;
    await flow.settle();
    expect([fresh?.accepted, old?.retired, old?.shutdowns]).toEqual([true, true, 1]);
    const told = [...(old?.reported ?? []), ...(fresh?.reported ?? [])].flat().toSorted();
    expect(told).toEqual(["/w/during", "/w/left"]);
  });

  test("folders of a new configuration are watched before the old ones are left", async () => {
    const { replay, plugins, flow } = scene();
    await replay(entry("a", { watch: { directories: ["/w/old"], debounceMs: 1 } }));
    const [tellOld] = plugins.watches.keys();
    plugins.startFailures.set("a", { code: "init-failed", message: "no" });
    await replay(entry("a", { watch: { directories: ["/w/bad"], debounceMs: 1 } }));
    expect([...plugins.watches.values()]).toEqual([["/w/old"]]);
    tellOld?.(["/w/old/x"]);
    expect(plugins.of("a")[0]?.reported).toEqual([["/w/old/x"]]);
    plugins.startFailures.clear();
    await replay(entry("a", { watch: { directories: ["/w/new"], debounceMs: 1 } }));
    await flow.settle();
    expect([...plugins.watches.values()]).toEqual([["/w/new"]]);
  });

  test("many reloads leave one instance, one watch of the folders, one of the artifact, and no timer behind", async () => {
    const { replay, plugins, flow, clock } = scene();
    const watch = { directories: ["/w"], debounceMs: 10 };
    await replay(entry("a", { watch }));
    const before = clock.pending;
    for (let round = 0; round < 500; round++) await replay(entry("a", { watch, config: { round } }));
    await flow.settle();
    expect(plugins.of("a").filter(({ shutdowns }) => shutdowns === 0)).toHaveLength(1);
    expect(plugins.of("a").every(({ shutdowns }) => shutdowns <= 1)).toBe(true);
    expect([plugins.watches.size, plugins.artifactWatches.size]).toEqual([1, 1]);
    expect(clock.pending).toBe(before);
    await replay(entry("a", { watch, enabled: false }));
    expect([plugins.watches.size, plugins.artifactWatches.size]).toEqual([0, 0]);
    expect(plugins.of("a").every(({ listeners }) => listeners === 0)).toBe(true);
    // What is left is the manager's look at what plugins use.
    expect(clock.pending).toBe(1);
  });
});

describe("R6.3 an identical replay does nothing", () => {
  test("no unload, no second init, no emission; also if tables are ordered otherwise", async () => {
    const { replay, plugins, emissions } = scene();
    await replay(entry("a", { config: { x: 1, y: { z: [1, 2] } } }));
    const before = emissions.length;
    await replay(entry("a", { config: { y: { z: [1, 2] }, x: 1 } }));
    expect(plugins.instances).toHaveLength(1);
    expect(plugins.prepared).toBe(1);
    expect(emissions).toHaveLength(before);
  });

  test("looking at the approvals again disturbs nobody", async () => {
    const { replay, plugins, emissions, manager, flow } = scene();
    await replay(entry("a"));
    const before = emissions.length;
    manager.send({ kind: "grants-changed" });
    await flow.settle();
    expect(plugins.instances).toHaveLength(1);
    expect(emissions).toHaveLength(before);
  });
});

describe("R6.4 a trap marks the plugin as failed; retries back off", () => {
  test("error with cause and time of the next attempt, then backoff, then ready again", async () => {
    const { replay, plugins, status, pass, clock, flow } = scene();
    await replay(entry("a"));
    plugins.of("a")[0]?.die({ code: "deadline", message: "handle-event took longer than 5000 ms" });
    await flow.settle();
    expect(status("a")).toMatchObject({
      state: "error",
      code: "deadline",
      message: "handle-event took longer than 5000 ms",
      attempt: 1,
      retryAt: clock.now() + 3_000,
    });
    await pass(2_000);
    expect(status("a")).toMatchObject({ state: "backoff", attempt: 1 });
    await pass(1_000);
    expect(status("a").state).toBe("ready");
    expect(plugins.of("a")).toHaveLength(2);
  });

  test("waits double, and after five deaths in a row it is quarantined until a person retries", async () => {
    const { replay, plugins, status, pass, manager, flow, clock } = scene();
    await replay(entry("a"));
    const waits: number[] = [];
    for (let death = 1; death < maxDeaths; death++) {
      plugins.of("a").at(-1)?.die();
      await flow.settle();
      waits.push((status("a").retryAt ?? 0) - clock.now());
      await pass(waits.at(-1) ?? 0);
    }
    expect(waits).toEqual([3_000, 6_000, 12_000, 24_000]);
    plugins.of("a").at(-1)?.die();
    await pass(600_000);
    expect(status("a")).toMatchObject({ state: "quarantined", code: "trap" });
    expect(plugins.of("a")).toHaveLength(maxDeaths);
    manager.send({ kind: "retry-asked", id: "a" });
    await flow.settle();
    expect(status("a").state).toBe("ready");
  });

  test("one that did nothing when the process died comes back at once, and is never quarantined for it", async () => {
    const { replay, plugins, status, pass, flow, clock } = scene();
    await replay(entry("a"));
    const waits: number[] = [];
    for (let death = 1; death <= maxDeaths + 3; death++) {
      plugins.of("a").at(-1)?.die({ code: "host-died" });
      await flow.settle();
      const { retryAt, state } = status("a");
      expect(state).toBe(retryAt === undefined ? "ready" : "error");
      waits.push(retryAt === undefined ? 0 : retryAt - clock.now());
      await pass(waits.at(-1) ?? 0);
      expect(status("a").state).toBe("ready");
    }
    expect(waits).toEqual([0, 0, 0, 250, 500, 1_000, 2_000, 4_000]);
    plugins.of("a").at(-1)?.die({ code: "host-died", export: "handle-event" });
    await flow.settle();
    expect(status("a")).toMatchObject({ state: "error", attempt: 1, retryAt: clock.now() + 3_000 });
  });

  test("a healthy minute forgets earlier deaths", async () => {
    const { replay, plugins, status, pass, flow } = scene();
    await replay(entry("a"));
    for (let i = 0; i < maxDeaths + 2; i++) {
      plugins.of("a").at(-1)?.die();
      await flow.settle();
      expect(status("a").state).toBe("error");
      await pass(3_000);
      await pass(healthyMs);
    }
    expect(status("a").state).toBe("ready");
  });

  test("R5.5 every death is recorded", async () => {
    const { replay, plugins, flow } = scene();
    await replay(entry("a"));
    plugins.of("a")[0]?.die({ export: "handle-event", backtrace: "at f" });
    await flow.settle();
    expect(plugins.failures).toEqual([
      { code: "trap", message: "unreachable", export: "handle-event", backtrace: "at f" },
    ]);
  });

  test("changes are told once: to the instance that runs, or to the next if it is down", async () => {
    const { replay, plugins, pass, flow } = scene();
    await replay(entry("a", { watch: { directories: ["/w"], debounceMs: 10 } }));
    const [tell] = plugins.watches.keys();
    tell?.(["/w/heard-by-the-instance"]);
    plugins.of("a")[0]?.die({ code: "trap" }, ["/w/unhandled"]);
    await flow.settle();
    tell?.(["/w/b", "/w/a"]);
    tell?.(["/w/a", "/w/c"]);
    await pass(3_000);
    expect(plugins.watches.size).toBe(1);
    tell?.(["/w/d"]);
    expect(plugins.of("a").map(({ reported }) => reported)).toEqual([
      [["/w/heard-by-the-instance"]],
      [["/w/a", "/w/b", "/w/c", "/w/unhandled"], ["/w/d"]],
    ]);
  });
});

describe("R6.5 revoking", () => {
  test("a disabled or removed entry is unloaded, and its watches and timers end", async () => {
    const { replay, plugins, clock, status, relays } = scene();
    const watch = { directories: ["/w"], debounceMs: 10 };
    await replay(entry("a", { watch }), entry("b", { watch }));
    plugins.publish("a", { tag: "discovery", val: { pluginId: "a", discovered: ["/w/a.vcd"] } });
    expect(relays.pluginDiscovery.current.state).toBe("ready");
    await replay(entry("a", { watch, enabled: false }));
    expect(status("a").state).toBe("disabled");
    expect(plugins.instances.map(({ shutdowns }) => shutdowns)).toEqual([1, 1]);
    expect(plugins.released.toSorted()).toEqual(["a", "b"]);
    expect(plugins.watches.size).toBe(0);
    expect(plugins.artifactWatches.size).toBe(0);
    expect(relays.pluginDiscovery.current.state).toBe("empty");
    clock.advance(healthyMs);
  });

  test("a plugin that is disabled while it waits for its next attempt stays disabled", async () => {
    const { replay, plugins, status, pass, flow } = scene();
    await replay(entry("a"));
    plugins.of("a")[0]?.die();
    await flow.settle();
    await replay(entry("a", { enabled: false }));
    await pass(600_000);
    expect(status("a").state).toBe("disabled");
    expect(plugins.of("a")).toHaveLength(1);
  });
});

describe("R1.4 what plugins publish", () => {
  test("travels over plugin_event; discoveries are whole lists, kept per plugin", async () => {
    const { replay, plugins, relays } = scene();
    const facts: PublishedFact[] = [];
    relays.pluginEvent.subscribe((fact) => facts.push(fact));
    await replay(entry("a"), entry("b"));
    plugins.publish("a", { tag: "discovery", val: { pluginId: "a", discovered: ["/w/b.vcd", "/w/a.vcd"] } });
    plugins.publish("b", { tag: "discovery", val: { pluginId: "b", discovered: ["/w/c.vcd"] } });
    plugins.publish("b", { tag: "refresh-timeline", val: [] });
    expect(facts.map(({ pluginId, event }) => [pluginId, event.tag])).toEqual([
      ["a", "discovery"],
      ["b", "discovery"],
      ["b", "refresh-timeline"],
    ]);
    expect(relays.pluginDiscovery.current).toEqual({
      state: "ready",
      value: new Map([
        ["a", ["/w/a.vcd", "/w/b.vcd"]],
        ["b", ["/w/c.vcd"]],
      ]),
    });
    plugins.publish("a", { tag: "discovery", val: { pluginId: "a", discovered: [] } });
    expect(relays.pluginDiscovery.current).toMatchObject({
      value: new Map([
        ["a", []],
        ["b", ["/w/c.vcd"]],
      ]),
    });
  });

  test("counts no longer once it is disabled, or if nobody knows the plugin", async () => {
    const { replay, plugins, relays } = scene();
    await replay(entry("a", { enabled: false }));
    plugins.publish("a", { tag: "discovery", val: { pluginId: "a", discovered: ["/w/a.vcd"] } });
    plugins.publish("stranger", {
      tag: "discovery",
      val: { pluginId: "stranger", discovered: ["/w/a.vcd"] },
    });
    expect(relays.pluginDiscovery.current.state).toBe("empty");
  });
});

test("R6.7 counters are on the debug relay", async () => {
  const { replay, plugins, relays, pass, flow } = scene();
  await replay(entry("a"));
  plugins.of("a")[0]?.die();
  await flow.settle();
  await pass(3_000);
  await pass(2_000);
  expect(relays.pluginMetrics.current).toMatchObject({
    state: "ready",
    value: [{ pluginId: "a", deaths: 1, starts: 2, stats: { memoryBytes: 65_536 } }],
  });
});

describe("what was begun for an entry that is another by now", () => {
  test("R6.5 grants nothing to a plugin that was turned off while it was prepared", async () => {
    const { replay, plugins, flow } = scene();
    const gate = closedGate();
    plugins.gate = gate.passed;
    const turnedOn = replay(entry("a"));
    const turnedOff = replay(entry("a", { enabled: false }));
    gate.open();
    await Promise.all([turnedOn, turnedOff]);
    await flow.settle();
    expect(plugins.granted).toEqual(new Set());
    expect(plugins.artifactWatches.size).toBe(0);
    expect(plugins.instances).toEqual([]);
  });

  test("R6.2 watches the artifact that the entry names now, and that one alone", async () => {
    const { replay, plugins } = scene();
    const gate = closedGate();
    plugins.gate = gate.passed;
    const before = replay(entry("a", { artifactPath: "old.wasm" }));
    const after = replay(entry("a", { artifactPath: "new.wasm" }));
    gate.open();
    await Promise.all([before, after]);
    expect([...plugins.artifactWatches.keys()]).toEqual(["new.wasm"]);
  });

  test("R4.2 watches for a plugin that is down the folders that the entry names now", async () => {
    const { replay, plugins } = scene();

    await replay(entry("a", { watch: { directories: ["/w/old"], debounceMs: 1 } }));
    await replay(entry("a", { watch: { directories: ["/w/new"], debounceMs: 1 } }));
    expect([...plugins.watches.values()]).toEqual([["/w/new"]]);
    await replay(entry("a", { enabled: false }));
    expect(plugins.watches.size).toBe(0);
  });
});

test("a fault of the program while it prepares or starts a plugin is told as that plugin's failure", async () => {
  const { replay, plugins, status } = scene();
  plugins.bugs.add("a");
  await replay(entry("a"), entry("b"));
  expect(status("a")).toMatchObject({ state: "error", message: expect.stringContaining("a bug") });
  expect(status("b").state).toBe("ready");
});

test("R4.2 too many changes while a plugin is down become the folders that are watched for it", async () => {
  const { replay, plugins, pass } = scene();
  await replay(entry("a", { watch: { directories: ["/w/sub"], debounceMs: 1 } }));
  plugins.of("a")[0]?.die();
  const many = Array.from({ length: 10_001 }, (_, i) => `/w/sub/${i}.vcd`);
  for (const told of plugins.watches.keys()) told(many);
  await pass(60_000);
  expect(plugins.of("a")[1]?.reported).toEqual([["/w/sub"]]);
});

describe("plugins of NovyWave 0.2 hear of files that are opened", () => {
  test("each running instance is told, whatever its world: it knows whether it wants to hear", async () => {
    const { plugins, relays, replay, flow } = scene();
    const tell = relays.openedFiles.emitter();
    plugins.unapproved.add("c");
    await replay(entry("a"), entry("b"), entry("c"));
    tell(["/w/x.vcd"]);
    await flow.settle();
    tell(["/w/x.vcd"]);
    await flow.settle();
    expect(plugins.instances.map(({ toldOfOpenedFiles }) => toldOfOpenedFiles)).toEqual([1, 1]);
  });
});

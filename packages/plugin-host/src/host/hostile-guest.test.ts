import { existsSync, readdirSync, readFileSync } from "node:fs";
import process from "node:process";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Artifact } from "../artifact/artifact.js";
import type { PluginFailure } from "../failure.js";
import { withDefaults, type PluginLimits } from "../limits.js";
import { HostFixture, order } from "../testing/host-fixture.test.helper.js";
import { artifactOf, commands, puppetBytes } from "../testing/puppet.test.helper.js";
import type { PluginInstance, StartRequest } from "./types.js";

// Real components that do their worst. After each of them: this process lives, another plugin answers within its deadline,
// what the hostile one held is released, and its failure says what happened.

let puppet: Artifact;
beforeAll(async () => {
  puppet = artifactOf(await puppetBytes());
});

/** Limits under which the worst is over soon. */
const tight: Partial<PluginLimits> = {
  callDeadlineMs: 1_000,
  initDeadlineMs: 1_000,
  logBytesPerMinute: 4_096,
};

/** For floods, which are many calls and no loop. */
const patient: Partial<PluginLimits> = { callDeadlineMs: 20_000 };

interface Hostile {
  readonly name: string;
  readonly config?: StartRequest["config"];
  readonly limits?: Partial<PluginLimits>;
  /** Orders; the last one is the deed. */
  readonly orders?: readonly (readonly [bigint, ...string[]])[];
  /** What becomes of it; undefined if it lives on. */
  readonly failure?: Partial<PluginFailure> & { readonly says: RegExp };
  /** What it is told, or what its counters say, if it lives on. */
  readonly after?: (fixture: HostFixture, instance: PluginInstance) => void;
}

const said = (fixture: HostFixture): string[] => fixture.logs.map(({ message }) => message);

const deeds: readonly Hostile[] = [
  {
    name: "an infinite loop in init",
    config: { s: 1 },
    failure: { code: "deadline", export: "init", says: /init did not answer within 1000 ms/ },
  },
  {
    name: "a trap in init",
    config: { t: 1 },
    failure: { code: "trap", export: "init", says: /init.*unreachable/ },
  },
  {
    name: "an infinite loop in handle-event",
    orders: [[commands.spin]],
    failure: { code: "deadline", export: "handle-event", says: /handle-event did not answer within 1000 ms/ },
  },
  {
    name: "an infinite loop of host calls",
    orders: [[commands.spinInHost]],
    failure: { code: "deadline", export: "handle-event", says: /within 1000 ms/ },
  },
  {
    name: "recursion without end",
    orders: [[commands.recurse]],
    failure: { code: "trap", says: /call stack/i },
  },
  {
    name: "a trap at the third event",
    orders: [[commands.trapOnThird], [commands.trapOnThird], [commands.trapOnThird]],
    failure: { code: "trap", export: "handle-event", says: /unreachable/ },
  },
  {
    name: "memory until there is none",
    limits: { memoryMib: 16 },
    orders: [[commands.grow]],
    after: (fixture, { stats }) => {
      expect(said(fixture)).toContain("done");
      expect(stats.memoryBytes).toBeLessThanOrEqual(16 * 1024 * 1024);
    },
  },
  {
    name: "a table without end",
    orders: [[commands.growTable]],
    after: (fixture) => expect(said(fixture)).toContain("done"),
  },
  {
    name: "a flood of log lines",
    limits: patient,
    orders: [[commands.flood, "x".repeat(100)]],
    after: (fixture, { stats }) => {
      expect(stats.shed["logging.log"]).toBeGreaterThan(900);
      expect(said(fixture).at(-1)).toMatch(/4096 bytes a minute/);
      expect(fixture.logs.length).toBeLessThan(60);
    },
  },
  {
    name: "a text as long as its memory",
    orders: [[commands.hugeText]],
    failure: { code: "limit", limit: { name: "lifted_mib", value: 16 }, says: /handle-event/ },
  },
  {
    name: "a list of one text, again and again",
    orders: [[commands.aliasFlood, "x".repeat(10_000)]],
    failure: { code: "limit", limit: { name: "lifted_mib", value: 16 }, says: /handle-event/ },
  },
  {
    name: "a flood of publishes",
    limits: patient,
    orders: [[commands.floodPublish]],
    after: (fixture, { stats }) => {
      expect(said(fixture)).toContain("one call publishes at most 1000 events (limit publishes_per_call)");
      expect(stats.shed).toEqual({ "relay.publish": 500 });
      expect(fixture.published).toHaveLength(1_000);
    },
  },
  {
    name: "a flood of subscriptions",
    limits: patient,
    orders: [[commands.floodSubscribe, "."]],
    after: (fixture, { stats }) => {
      expect(said(fixture)).toContain("at most 65 folders may be watched (limit watched_folders)");
      expect(stats.shed).toEqual({ "watch.subscribe": 936 });
      expect(fixture.watches).toHaveLength(64);
    },
  },
  {
    name: "a flood of timers",
    limits: patient,
    orders: [[commands.floodTimers]],
    after: (fixture, { stats }) => {
      expect(said(fixture)).toContain("64 ticks are scheduled (limit timers)");
      expect(stats.shed).toEqual({ "timer.schedule-tick": 936 });
    },
  },
  {
    name: "a flood of host calls",
    limits: { ...patient, hostCallsPerSecond: 5 },
    orders: [[commands.floodTimers]],
    after: (fixture, { stats }) => {
      expect(said(fixture)).toContain("more than 5 host calls a second (limit host_calls_per_second)");
      expect(stats.shed["timer.schedule-tick"]).toBeGreaterThan(900);
    },
  },
  {
    name: "publishing on a channel that it was not given",
    orders: [[commands.publishLog, "secret", "x"]],
    after: (fixture) => {
      expect(fixture.published).toEqual([]);
      expect(fixture.audit).toContainEqual(expect.objectContaining({ decision: "denied", scope: "secret" }));
    },
  },
  {
    name: "publishing in another plugin's name",
    orders: [[commands.publishDiscovery, "discovery", "a.vcd"]],
    after: (fixture) =>
      expect(fixture.published).toMatchObject([
        { pluginId: "test.hostile", event: { val: { pluginId: "test.hostile" } } },
      ]),
  },
  {
    name: "an infinite loop in shutdown",
    orders: [[commands.armShutdown]],
    after: (fixture) => expect(said(fixture)).toContain("done"),
  },
];

describe.each(["in-process", "process"] as const)("hostile plugins through the transport %s", (transport) => {
  let fixture: HostFixture;
  let other: PluginInstance;
  let threads = 0;

  beforeAll(async () => {
    fixture = await HostFixture.open(transport);
    other = await fixture.start(puppet, { pluginId: "test.other", limits: withDefaults(tight) });
    // What the platform makes at the first use stays: threads of file access and of compilation.
    await fixture.order(other, commands.findFiles, ".");
    const first = await fixture.start(puppet, { pluginId: "test.first" });
    await fixture.order(first, commands.grow);
    await first.shutdown();
    threads = await settledThreads(fixture);
  });
  afterAll(() => fixture.close());
  beforeEach(() => {
    for (const list of [fixture.published, fixture.logs, fixture.audit, fixture.hostLog, fixture.watches])
      list.length = 0;
  });

  it.each(deeds)("$name", async ({ config = {}, limits, orders = [], failure, after }) => {
    const { processId } = fixture.host;
    const request = fixture.request(puppet, {
      pluginId: "test.hostile",
      config,
      watch: { directories: ["."], debounceMs: 1, reportedBy: "caller" },
      limits: withDefaults({ ...tight, watchedFolders: 65, ...limits }),
    });
    const started = await fixture.host.start(request);
    const instance = started.ok ? started.value : undefined;
    const preparations = orders.slice(0, -1);
    for (const [command, ...args] of preparations) await instance?.handleEvent(order(command, ...args));
    const deed = orders.at(-1);
    const doing = deed && instance?.handleEvent(order(...deed));
    // While it does its worst.
    expect(await other.handleEvent(order(commands.config))).toMatchObject({ ok: true });
    const result = await doing;
    if (failure) {
      const end = started.ok ? started.value.failure : started.error;
      const { says, ...rest } = failure;
      expect(end).toMatchObject({ ...rest, message: expect.stringMatching(says) });
      if (instance) expect(result).toEqual({ ok: false, error: end });
      expect(fixture.hostLog).toContainEqual(
        expect.objectContaining({ level: "error", pluginId: "test.hostile", failure: end }),
      );
    } else {
      expect(result).toMatchObject({ ok: true });
      if (instance) after?.(fixture, instance);
    }
    await instance?.shutdown();
    // And after it.
    expect(await other.handleEvent(order(commands.config))).toMatchObject({ ok: true });
    expect(other.failure).toBeUndefined();
    expect(fixture.hostDeaths).toEqual([]);
    expect(fixture.host.processId).toBe(processId);
    expect(fixture.watches.every(({ open }) => !open)).toBe(true);
  });

  it.runIf(existsSync("/proc/self/task"))(
    "after all of them no thread and no memory is left behind",
    async () => {
      expect(await settledThreads(fixture)).toBe(threads);
      // Each of them could have left 16 to 64 MiB, a hundred starts make up more than one.
      const before = residentMib(fixture);
      for (let round = 0; round < 10; round++) {
        const instance = await fixture.start(puppet, { pluginId: "test.hostile" });
        await fixture.order(instance, commands.grow);
        await instance.shutdown();
      }
      expect(residentMib(fixture) - before).toBeLessThan(10 * 64 * 0.5);
      expect(await settledThreads(fixture)).toBe(threads);
    },
  );
});

/** Threads of the process in which plugins live, once the spare worker is back. */
async function settledThreads(fixture: HostFixture): Promise<number> {
  const tasks = `/proc/${fixture.host.processId ?? process.pid}/task`;
  if (!existsSync(tasks)) return 0;
  let count = -1;
  for (let same = 0; same < 8;) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    const now = readdirSync(tasks).length;
    same = now === count ? same + 1 : 0;
    count = now;
  }
  return count;
}

function residentMib(fixture: HostFixture): number {
  const status = readFileSync(`/proc/${fixture.host.processId ?? process.pid}/status`, "utf8");
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
}

import { mkdtemp, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { ok, SimulatedClock, systemClock, toDisposable } from "@novywave/base";
import { createFlow } from "@novywave/dataflow";
import { createPluginHost, inspectArtifact, withDefaults, type StartRequest } from "@novywave/plugin-host";
import type { PluginStatus } from "@novywave/protocol";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createPluginManagerActor } from "../../apps/server/src/actors/plugin-manager-actor.js";
import type { PluginEntry } from "../../apps/server/src/plugins/plugin-entry.js";
import { createRelays, ready } from "../../apps/server/src/relays.js";
import { artifactOf, puppetBytes } from "../../packages/plugin-host/src/testing/puppet.test.helper.js";
import { openInProcess } from "../../packages/plugin-host/src/transport/in-process.js";
import { openProcess } from "../../packages/plugin-host/src/transport/process.js";
import { oldPlugin } from "../support/examples.js";
import type { OpenTransport } from "../../packages/plugin-host/src/transport/transport.js";

type Artifact = StartRequest["artifact"];

// The real host, its real process and real components under the real actors. What changes carries a sequence number; the
// guest publishes each as a refresh. Wherever the process is killed, the relay carries every number once, in order.

let puppet: Artifact;
beforeAll(async () => {
  puppet = artifactOf(await puppetBytes());
});

/** The `nth` call of an export, counted from 1. */
interface Call {
  readonly function: string;
  readonly nth: number;
}

/**
 * A transport that ends with the message of a given number, counted in both directions over the first process; with
 * `during`, over one of its calls of an export alone.
 */
class KilledAt {
  readonly at: number;
  readonly #during: Call | undefined;
  #counts: boolean;
  #calls = 0;
  messages = 0;
  killed = false;
  lives = 0;

  constructor(at: number, during?: Call) {
    this.at = at;
    this.#during = during;
    this.#counts = during === undefined;
  }

  readonly around =
    (open: OpenTransport): OpenTransport =>
    (events) => {
      const first = this.lives++ === 0;
      const kill = (): void => transport.kill();
      const transport: ReturnType<OpenTransport> = open({
        ...events,
        onMessage: (message) => {
          events.onMessage(message);
          if (!first) return;
          this.#count(kill);
          const ended = typeof message === "object" && message !== null && "outcome" in message;
          if (this.#during && ended) this.#counts = false;
        },
      });
      return {
        processId: transport.processId,
        send: (message) => {
          const isMeant = message.type === "call" && message.function === this.#during?.function;
          if (first && isMeant) this.#counts = ++this.#calls === this.#during?.nth;
          if (first) this.#count(kill);
          transport.send(message);
        },
        kill,
        close: () => transport.close(),
      };
    };

  #count(kill: () => void): void {
    if (!this.#counts || ++this.messages !== this.at) return;
    this.killed = true;
    kill();
  }
}

const entry = (id: string, config: PluginEntry["config"]): PluginEntry => ({
  id,
  enabled: true,
  artifactPath: `${id}.wasm`,
  config,
  watch: { directories: ["."], debounceMs: 1 },
});

class Scene {
  readonly clock = new SimulatedClock(1_000);
  readonly flow = createFlow({ clock: this.clock });
  readonly relays = createRelays(this.flow, "/w/.novywave");
  readonly published: string[] = [];
  readonly workspace: string;
  readonly host;
  readonly #replay = this.relays.pluginsConfigReplay.emitter();
  readonly #watches = new Set<(paths: readonly string[]) => void>();

  constructor(
    workspace: string,
    open: OpenTransport,
    artifact: Artifact = puppet,
    openedFiles: readonly string[] = [],
  ) {
    this.workspace = workspace;
    const watch = async (onChange: (paths: readonly string[]) => void) => {
      this.#watches.add(onChange);
      return ok(toDisposable(() => this.#watches.delete(onChange)));
    };
    const inspected = inspectArtifact(artifact);
    if (!inspected.ok) throw new Error(inspected.error.message);
    const { manifest, requests } = inspected.value;
    this.host = createPluginHost(
      {
        transport: "process",
        workspace,
        clock: this.clock,
        log: () => {},
        ports: {
          watch: (_directories, _debounceMs, onChange) => watch(onChange),
          openedFiles: () => openedFiles,
        },
      },
      { open, deadlineClock: systemClock },
    );
    createPluginManagerActor({
      flow: this.flow,
      relays: this.relays,
      host: this.host,
      ports: {
        host: this.host,
        prepare: async ({ id, config, watch }) => ({
          kind: "startable",
          facts: { version: "1", sha256: artifact.sha256, capabilities: [], description: "" },
          request: {
            pluginId: id,
            artifact,
            manifest,
            config,
            channels: manifest.channels,
            capabilities: requests,
            folders: [workspace],
            limits: withDefaults({}),
            ...(watch && { watch }),
          },
        }),
        prepared: () => {},
        released: () => {},
        onFailure: () => {},
        random: () => 0,
        watchArtifact: async () => undefined,
        watch: (_directories, _debounceMs, onChange) => watch(onChange),
      },
    });
    this.relays.pluginEvent.subscribe(({ event }) => {
      if (event.tag === "refresh-timeline") this.published.push(...event.val);
    });
    this.flow.start();
  }

  replay(...entries: readonly PluginEntry[]): void {
    this.#replay(ready(entries));
  }

  change(name: string): string {
    const changed = path.join(this.workspace, name);
    for (const tell of this.#watches) tell([changed]);
    return changed;
  }

  get watching(): number {
    return this.#watches.size;
  }

  status(id: string): PluginStatus | undefined {
    const now = this.relays.pluginStatus.current;
    return now.state === "ready" ? now.value.find((status) => status.id === id) : undefined;
  }

  /** Waits for real processes; time of backoffs passes by itself, and with `passes` all the time. */
  async until(what: () => boolean, { passes = false } = {}): Promise<void> {
    while (!what()) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      const states = ["echo", "idle"].map((id) => this.status(id)?.state);
      if (passes || states.some((state) => state === "error" || state === "backoff"))
        this.clock.advance(1_000);
    }
    await this.flow.settle();
  }

  async close(): Promise<void> {
    this.flow[Symbol.dispose]();
    await this.host[Symbol.asyncDispose]();
  }
}

describe.each([
  // A process takes longer to start; its messages are the same.
  ["process", openProcess, 5],
  ["in-process", openInProcess, 1],
] as const)("the end of what runs the plugins, through the transport %s", (_name, open, stride) => {
  let workspace: string;
  beforeEach(async () => {
    workspace = await realpath(await mkdtemp(path.join(tmpdir(), "supervision-")));
  });
  afterEach(() => rm(workspace, { recursive: true }));

  /** Five numbers through one plugin, beside another that does nothing. Answers with how many messages that took. */
  async function run(at: number): Promise<KilledAt> {
    const killer = new KilledAt(at);
    const scene = new Scene(workspace, killer.around(open));
    try {
      scene.replay(entry("echo", { r: 1 }), {
        ...entry("idle", {}),
        watch: { directories: [], debounceMs: 1 },
      });
      await scene.until(() => scene.watching > 0);
      const sent = [scene.change("0"), scene.change("1")];
      await scene.until(() => scene.published.length >= 2);
      sent.push(scene.change("2"));
      await scene.until(() => scene.published.length >= 3);
      sent.push(scene.change("3"), scene.change("4"));
      await scene.until(() => scene.published.length >= 5);
      await scene.until(() => ["echo", "idle"].every((id) => scene.status(id)?.state === "ready"));
      expect(scene.published).toEqual(sent);
    } finally {
      await scene.close();
    }
    return killer;
  }

  it(
    "R5.2 loses no message of the relay and doubles none, whenever it comes",
    { timeout: 240_000 },
    async () => {
      const { messages } = await run(Infinity);
      expect(messages).toBeGreaterThan(20);
      let survived = 0;
      let points = 0;
      for (let at = 1; at <= messages; at += stride) {
        const { killed, lives } = await run(at);
        points++;
        if (killed && lives === 2) survived++;
      }
      // Messages interleave anew each time; the last of them come when all is over.
      expect(survived).toBeGreaterThan(points / 2);
    },
  );
});

/** Kills it at every message of a call; answers with how many there are. */
async function atEachMessage(during: Call, live: (killer: KilledAt) => Promise<void>): Promise<number> {
  const whole = new KilledAt(Infinity, during);
  await live(whole);
  for (let at = 1; at <= whole.messages; at++) {
    const killer = new KilledAt(at, during);
    await live(killer);
    expect([killer.killed, killer.lives], `at message ${at}`).toEqual([true, 2]);
  }
  return whole.messages;
}

describe.each([
  ["process", openProcess],
  ["in-process", openInProcess],
] as const)(
  "a plugin published for NovyWave 0.2, when what runs it ends while it handles an event, through the transport %s",
  (_name, open) => {
    let workspace: string;
    const file = (name: string): string => path.join(workspace, name);
    beforeEach(async () => {
      workspace = await realpath(await mkdtemp(path.join(tmpdir(), "supervision-")));
      for (const name of ["a.vcd", "b.vcd"]) await writeFile(file(name), "");
    });
    afterEach(() => rm(workspace, { recursive: true }));

    it("reload-watcher has each change told once, and watches on", { timeout: 60_000 }, async () => {
      const artifact = artifactOf(await readFile(oldPlugin("reload_watcher")));
      const messages = await atEachMessage({ function: "watchedFilesChanged", nth: 1 }, async (killer) => {
        const scene = new Scene(workspace, killer.around(open), artifact, [file("a.vcd"), file("b.vcd")]);
        try {
          scene.replay({ ...entry("echo", {}), watch: { directories: [], debounceMs: 1 } });
          const isUp = (lives: number) => (): boolean =>
            killer.lives === lives && scene.status("echo")?.state === "ready" && scene.watching > 0;
          await scene.until(isUp(1));
          const told = [scene.change("a.vcd")];
          await scene.until(() => scene.published.length > 0);
          if (killer.killed) await scene.until(isUp(2));
          told.push(scene.change("b.vcd"), scene.change("c.vcd"));
          await scene.until(() => scene.published.length > 1);
          expect(scene.published).toEqual(told.slice(0, 2));
        } finally {
          await scene.close();
        }
      });
      // The call, two calls of the host with their answers, the result.
      expect(messages).toBe(6);
    });

    it.each([
      ["at first", 1],
      ["after a change", 2],
    ])("files-discovery knows its files all the time, %s", { timeout: 60_000 }, async (_when, nth) => {
      const artifact = artifactOf(await readFile(oldPlugin("files_discovery")));
      const config = { patterns: ["*"], allow_extensions: ["vcd"], debounce_ms: 300, base_dir: "." };
      const messages = await atEachMessage({ function: "pathsDiscovered", nth }, async (killer) => {
        const scene = new Scene(workspace, killer.around(open), artifact);
        const known: string[][] = [];
        scene.relays.pluginDiscovery.subscribe((now) => {
          if (now.state === "ready") known.push([...(now.value.get("echo") ?? [])]);
        });
        const knows = (count: number): Promise<void> =>
          scene.until(() => known.at(-1)?.length === count, { passes: true });
        try {
          await writeFile(file("a.vcd"), "");
          await rm(file("c.vcd"), { force: true });
          scene.replay({ ...entry("echo", config), watch: { directories: [], debounceMs: 1 } });
          await knows(2);
          await scene.until(() => scene.status("echo")?.state === "ready" && scene.watching > 0);
          await writeFile(file("c.vcd"), "");
          scene.change("c.vcd");
          await knows(3);
          const isBack = (): boolean =>
            killer.lives === (killer.killed ? 2 : 1) &&
            scene.status("echo")?.state === "ready" &&
            scene.watching > 0;
          await scene.until(isBack, { passes: true });
          await rm(file("a.vcd"));
          scene.change("a.vcd");
          await knows(2);
          // Nothing was forgotten in between, and nothing told that was known already.
          const [a, b, c] = ["a.vcd", "b.vcd", "c.vcd"].map(file);
          expect(known).toEqual([
            [a, b],
            [a, b, c],
            [b, c],
          ]);
        } finally {
          await scene.close();
        }
      });
      expect(messages).toBe(6);
    });
  },
);

describe("after the process was killed from outside", () => {
  it(
    "ten plugins come back by themselves, and the one that was executing waits",
    { timeout: 60_000 },
    async () => {
      const workspace = await realpath(await mkdtemp(path.join(tmpdir(), "supervision-")));
      const scene = new Scene(workspace, openProcess);
      try {
        const ids = Array.from({ length: 10 }, (_, n) => `p${n}`);
        scene.replay(...ids.map((id) => ({ ...entry(id, {}), watch: { directories: [], debounceMs: 1 } })));
        await scene.until(() => ids.every((id) => scene.status(id)?.state === "ready"));
        for (let round = 0; round < 2; round++) {
          const pid = scene.host.processId;
          if (pid === undefined) throw new Error("no process runs");
          process.kill(pid, "SIGKILL");
          await scene.until(() => scene.host.processId !== pid);
          await scene.until(() => ids.every((id) => scene.status(id)?.state === "ready"));
        }
        // No time passed: nobody waited for a retry.
        expect(scene.clock.now()).toBe(1_000);
      } finally {
        await scene.close();
        await rm(workspace, { recursive: true });
      }
    },
  );
});

import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { defined } from "@novywave/base";
import { INTERFACES, WIT } from "@novywave/contract";
import type { PluginStatus } from "@novywave/protocol";
import { connectToServer, type ServerClient } from "@novywave/server";
import { componentEmbed, componentNew, parse } from "@bytecodealliance/jco-transpile/wasm-tools";
import { beforeAll, describe, expect, it } from "vitest";
import { commands, puppetBytes } from "../../packages/plugin-host/src/testing/puppet.test.helper.js";
import { childProcessesOf } from "../support/child-process-of.js";
import {
  makeSandbox,
  readState,
  serve,
  stateWhere,
  type Sandbox,
  type Serving,
} from "../support/novywave.js";

// Plugins that do their worst in one server, as its users run it: each comes, does its deed when a file changes, and goes.
// Meanwhile and afterwards another plugin does its work, the state of the hostile one says what happened, and neither the
// server nor, but for the deed that is about it, the process of the plugins is another one.

interface Deed {
  readonly name: string;
  readonly artifact?: string;
  /** Keys `o`, `oa`, `ob`: the order that each change is to the puppet; `s`, `t`: what it does in `init`. */
  readonly config?: string;
  readonly limits?: string;
  /** Changes, if one is not enough. */
  readonly events?: number;
  /** How it ends; it lives on otherwise. */
  readonly ends?: { readonly code: string; readonly says: RegExp };
  /** What is counted of one that lives on. */
  readonly counts?: string;
}

const tight = "call_deadline_ms = 1000, init_deadline_ms = 1000";
/** The defaults: more would need consent. */
const patient = "";
const order = (command: bigint, ...args: readonly string[]): string =>
  [`o = ${command}`, ...args.map((arg, n) => `o${"ab"[n] ?? ""} = "${arg}"`)].join(", ");

const deeds: readonly Deed[] = [
  {
    name: "an infinite loop in init",
    config: "s = 1",
    ends: { code: "deadline", says: /^init did not answer within 1000 ms and was ended$/ },
  },
  { name: "a trap in init", config: "t = 1", ends: { code: "trap", says: /#init trapped: unreachable$/ } },
  {
    name: "an infinite loop in handle-event",
    config: order(commands.spin),
    ends: { code: "deadline", says: /^handle-event did not answer within 1000 ms and was ended$/ },
  },
  {
    name: "an infinite loop of host calls",
    config: order(commands.spinInHost),
    ends: { code: "deadline", says: /^handle-event did not answer within 1000 ms and was ended$/ },
  },
  { name: "recursion", config: order(commands.recurse), ends: { code: "trap", says: /call stack/i } },
  {
    name: "a trap at the third event",
    events: 10,
    config: order(commands.trapOnThird),
    ends: { code: "trap", says: /#handle-event trapped: unreachable$/ },
  },
  {
    name: "exit",
    artifact: "exiting.wasm",
    ends: { code: "trap", says: /handle-event: .*called exit with code 1/ },
  },
  {
    name: "a text as long as its memory",
    config: order(commands.hugeText),
    ends: { code: "limit", says: /handle-event.*16777216|16 MiB/ },
  },
  {
    name: "a list of one long text, again and again",
    config: order(commands.aliasFlood, "x".repeat(10_000)),
    ends: { code: "limit", says: /handle-event/ },
  },
  { name: "memory until there is none", config: order(commands.grow), limits: "memory_mib = 16" },
  { name: "a table without end", config: order(commands.growTable) },
  {
    name: "a flood of log lines",
    config: order(commands.flood, "x".repeat(1_000)),
    counts: "shed.logging.log",
  },
  { name: "a flood of publishes", config: order(commands.floodPublish), counts: "shed.relay.publish" },
  {
    name: "a flood of subscriptions",
    config: order(commands.floodSubscribe, "bad"),
    counts: "shed.watch.subscribe",
  },
  { name: "a flood of timers", config: order(commands.floodTimers), counts: "shed.timer.schedule-tick" },
  {
    name: "ticks that ask for more ticks at once",
    config: order(commands.tickStorm),
    counts: "shed.timer.schedule-tick",
  },
  {
    name: "publishing on a foreign channel",
    config: order(commands.publishLog, "secret", "x"),
    counts: "denied",
  },
  {
    name: "claiming another plugin's id",
    config: order(commands.publishDiscovery, "discovery", "bad/claimed.vcd"),
  },
];

function entries(...more: readonly string[]): string {
  const good = `id = "test.good"\nenabled = true\nartifact_path = "builtin:waveform_scanner"\nconfig = { directories = ["good"], debounce_ms = 20 }\n`;
  return [
    "[plugins]\nschema_version = 1\n",
    ...[good, ...more].map((entry) => `[[plugins.entries]]\n${entry}`),
  ].join("\n");
}

/** It has come to an end. */
const over = ({ state }: PluginStatus): boolean => state === "error" || state === "backoff";

describe("hostile plugins in a server", () => {
  let sandbox: Sandbox;
  let serving: Serving;
  let client: ServerClient;
  let host: number | undefined;
  let turn = 0;

  beforeAll(async () => {
    sandbox = await makeSandbox();
    for (const folder of ["good", "bad"]) await mkdir(path.join(sandbox.workspace, folder));
    await write("puppet.wasm", await puppetBytes());
    await write("exiting.wasm", await exitingPlugin());
    await write(".novywave", entries());
    serving = await serve([sandbox.workspace, "--trust-workspace"], sandbox.env);
    const connected = await connectToServer({
      host: "127.0.0.1",
      port: serving.port,
      token: serving.token,
    });
    if (!connected.ok) throw new Error(connected.error.message);
    client = connected.value;
    await status("test.good", ({ state }) => state === "ready");
    [host] = await childProcessesOf(serving.pid);
    return async () => {
      client.close();
      await serving.stop();
      await sandbox.remove();
    };
  });

  const write = (file: string, content: string | Uint8Array): Promise<void> =>
    writeFile(path.join(sandbox.workspace, file), content);

  const hostile = ({ artifact = "puppet.wasm", config = "", limits }: Deed, enabled = true): string =>
    `id = "test.hostile${turn}"\nenabled = ${enabled}\nartifact_path = "${artifact}"\nconfig = { ${config} }\n` +
    `watch = { directories = ["bad"], debounce_ms = 20 }\nlimits = { ${limits ?? tight} }\n`;

  async function status(id: string, accept: (status: PluginStatus) => boolean): Promise<PluginStatus> {
    let found: PluginStatus | undefined;
    await client.until("plugins", (plugins) => {
      found = plugins.find((plugin) => plugin.id === id && accept(plugin));
      return found !== undefined;
    });
    return defined(found, id);
  }

  let files = 0;
  /** Something changes for both; resolves when the good one has told of it. */
  async function change(): Promise<void> {
    const name = `${++files}.vcd`;
    await write(`bad/${name}`, "");
    await write(`good/${name}`, "$enddefinitions $end\n#0\n");
    const wanted = path.join(sandbox.workspace, "good", name);
    await client.until("files", (known) => known.some((file) => file.path === wanted));
  }

  async function logged(id: string, text: string): Promise<void> {
    for (let told = ""; !told.includes(text);) {
      told = JSON.stringify(await client.request("plugin.logs", { id }));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async function othersAreWell(): Promise<void> {
    await change();
    expect((await readState(serving)).plugins.find(({ id }) => id === "test.good")?.state).toBe("ready");
    expect(serving.process.exitCode).toBeNull();
    expect(serving.stderr()).toBe("");
  }

  it.each(deeds)("$name", async (deed) => {
    const id = `test.hostile${++turn}`;
    const { ends, counts } = deed;
    await write(
      ".novywave",
      entries(hostile({ ...deed, limits: deed.limits ?? (counts ? patient : tight) })),
    );
    let now = await status(id, (plugin) => plugin.state === "ready" || over(plugin));
    // A change that meets another is one event with it: as many as it takes.
    for (let changes = 0; changes < (deed.events ?? 1) && !over(now); changes++) {
      await change();
      now = await status(id, () => true);
    }
    if (ends) now = await status(id, over);
    if (ends) {
      expect(now.code).toBe(ends.code);
      expect(now.message).toMatch(ends.says);
      expect(now.action).toMatch(/tried again by itself/);
      const told = (await readState(serving)).plugins.find((plugin) => plugin.id === id);
      expect(told?.message).toBe(now.message);
      expect(["error", "backoff"]).toContain(told?.state);
    } else {
      const done = await status(
        id,
        ({ stats = {} }) => (stats["handle-event.calls"] ?? 0) > 0 && (!counts || (stats[counts] ?? 0) > 0),
      );
      expect(done.state).toBe("ready");
      expect(done.stats?.["memoryBytes"]).toBeLessThanOrEqual(64 * 1024 * 1024);
    }
    await othersAreWell();
    expect((await readState(serving)).plugins.map((plugin) => plugin.id)).toEqual(["test.good", id]);
    expect(await childProcessesOf(serving.pid)).toEqual([host]);
  });

  it("ignoring shutdown", async () => {
    const id = `test.hostile${++turn}`;
    const deed: Deed = { name: "shutdown", config: order(commands.armShutdown) };
    await write(".novywave", entries(hostile(deed)));
    await status(id, ({ state }) => state === "ready");
    await change();
    await status(id, ({ stats = {} }) => (stats["handle-event.calls"] ?? 0) > 0);
    await write(".novywave", entries(hostile(deed, false)));
    await status(id, ({ state }) => state === "disabled");
    await othersAreWell();
    // Its worker is gone: it comes back as a new one.
    await write(".novywave", entries(hostile(deed)));
    await status(id, ({ state }) => state === "ready");
    await logged(id, "shutdown did not answer within 1000 ms and was ended");
    expect(await childProcessesOf(serving.pid)).toEqual([host]);
  });

  it("killing the process: who did it is blamed, the others come back at once", async () => {
    const id = `test.hostile${++turn}`;
    await write(
      ".novywave",
      entries(
        hostile({ name: "", config: order(commands.publishThenSpin, "refresh-timeline"), limits: patient }),
      ),
    );
    await status(id, ({ state }) => state === "ready");
    await change();
    // It has published, and runs on.
    await logged(id, "done");
    process.kill(defined(host, "the plugin-host process"), "SIGKILL");
    const blamed = await status(id, over);
    expect(blamed).toMatchObject({
      code: "host-died",
      message: expect.stringMatching(/^the plugin-host process is gone: it was ended by SIGKILL/) as unknown,
    });
    await othersAreWell();
    await stateWhere(serving, "the other plugin", ({ plugins }) =>
      plugins.some((plugin) => plugin.id === "test.good" && plugin.state === "ready"),
    );
    const [next] = await childProcessesOf(serving.pid);
    expect(next).not.toBe(host);
  });
});

/** Calls `exit` of WASI at its first event. */
async function exitingPlugin(): Promise<Uint8Array> {
  const exit = "wasi:cli/exit@0.2.3";
  const core = await parse(`(module
    (import "${exit}" "exit" (func $exit (param i32)))
    (import "${INTERFACES.watch}" "subscribe" (func $subscribe (param i32 i32 i32 i32)))
    (memory (export "memory") 1)
    (data (i32.const 32) "0.1.0")
    (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 4096))
    (func (export "${INTERFACES.lifecycle}#init") (param i32 i32) (result i32)
      (i32.store (i32.const 260) (i32.const 32)) (i32.store (i32.const 264) (i32.const 5))
      (i32.const 256))
    (func (export "${INTERFACES.lifecycle}#handle-event") (param i32 i64 i32 i32) (result i32)
      (call $exit (i32.const 1))
      (i32.const 512))
    (func (export "${INTERFACES.lifecycle}#shutdown")))`);
  const witSource = `package test:exiting;
    package wasi:cli@0.2.3 { interface exit { exit: func(status: result); } }
    package novywave:plugins@0.1.0 { ${WIT.replace(/^package .*$/mu, "")} }
    world exiting { import ${exit}; import ${INTERFACES.watch}; export ${INTERFACES.lifecycle}; }`;
  return componentNew(await componentEmbed({ binary: core, witSource, world: "exiting" }));
}

import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { ok, SimulatedClock } from "@novywave/base";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Broker } from "../broker/broker.js";
import type { HostOutcome } from "../broker/outcome.js";
import { defaultExcludes } from "../broker/walk.js";
import { capabilities, type Capability } from "../capability.js";
import type { GrantRecord, PluginLogRecord, PublishedEvent } from "../host/types.js";
import { defaultLimits } from "../limits.js";
import { adaptedCall } from "./adapted-call.js";
import type { Adapter } from "./adapter.js";
import { createAdapter } from "./create-adapter.js";
import { adapterNames, capabilitiesOf, hostFunctions, type AdapterName } from "./world.js";

interface Row {
  readonly args: readonly unknown[];
  /** What it answers when what it needs is granted; paths of the workspace as `/w`. */
  readonly value?: unknown;
  /** What happens when it does, as {@link effects} tells it. */
  readonly effects: readonly string[];
  /** The same function, asked for what lies outside of the grant: it answers the same, and nothing happens. */
  readonly beyond?: readonly unknown[];
}

const open = ["/w/a.vcd", "/etc/passwd", "/w/sub/gone.vcd"];

/** One row for every function of the worlds of NovyWave 0.2. A function without a row fails the test. */
const rows: Readonly<Record<string, Row>> = {
  "log-info": { args: ["hello"], effects: ["log info hello"] },
  "log-error": { args: ["hello"], effects: ["log error hello"] },
  "get-opened-files": { args: [], value: ["/w/a.vcd", "/w/sub/gone.vcd"], effects: [] },
  "register-watched-files": {
    args: [["a.vcd"], 5],
    effects: ["watch /w"],
    beyond: [["/etc/passwd"], 5],
  },
  "clear-watched-files": { args: [], effects: [] },
  "reload-waveform-files": {
    args: [["a.vcd"]],
    effects: ["publish refresh-timeline /w/a.vcd"],
    beyond: [["/etc/passwd"]],
  },
  "register-watched-directories": {
    args: [["sub"], 5],
    effects: ["watch /w/sub", "changed /w/sub"],
    beyond: [["/etc"], 5],
  },
  "clear-watched-directories": { args: [], effects: [] },
  "open-waveform-files": {
    args: [["a.vcd"]],
    effects: ["publish discovery /w/a.vcd"],
    beyond: [["/etc/passwd"]],
  },
  "get-config-toml": { args: [], value: 'a = [ "b" ]\nhost_base_dir = "/w"\n', effects: [] },
};

const cases = adapterNames.flatMap((adapter) => hostFunctions(adapter).map((name) => ({ adapter, name })));

function rowOf(name: string): Row {
  const row = rows[name];
  if (row === undefined) throw new Error(`${name} is in an adapter; say here what it answers`);
  return row;
}

function published({ event }: PublishedEvent): string {
  const paths = event.tag === "discovery" ? event.val.discovered : event.val;
  return `publish ${event.tag} ${String(paths)}`;
}

function needed(adapter: AdapterName, name: string): readonly Capability[] {
  return capabilitiesOf(adapter, name) ?? [];
}

describe("R4.6 every import of the worlds of NovyWave 0.2, granted and denied", () => {
  let workspace: string;
  let clock: SimulatedClock;
  let broker: Broker | undefined;
  const audit: GrantRecord[] = [];
  const warnings: string[] = [];
  const happened: string[] = [];

  beforeEach(async () => {
    workspace = await realpath(await mkdtemp(path.join(tmpdir(), "enforcement-")));
    await writeFile(path.join(workspace, "a.vcd"), "");
    await mkdir(path.join(workspace, "sub"));
    clock = new SimulatedClock();
    for (const list of [audit, warnings, happened]) list.length = 0;
  });
  afterEach(async () => {
    broker?.[Symbol.dispose]();
    await rm(workspace, { recursive: true });
  });

  function start(name: AdapterName, granted: readonly Capability[]): Adapter {
    broker = new Broker({
      grant: {
        pluginId: "t.t",
        capabilities: new Set(granted),
        folders: [workspace],
        channels: new Set(["discovery", "refresh-timeline"]),
      },
      workspace,
      limits: defaultLimits,
      config: [{ key: "a", value: '["b"]' }],
      excludes: defaultExcludes,
      ports: {
        watch: async (directories) => {
          happened.push(`watch ${directories.join()}`);
          return ok({ [Symbol.dispose]() {} });
        },
        openedFiles: () => open.map((file) => file.replace("/w", workspace)),
      },
      clock,
      published: (event) => {
        happened.push(published(event));
        return ok();
      },
      logged: ({ level, message }: PluginLogRecord) => happened.push(`log ${level} ${message}`),
      audit: (record) => audit.push(record),
      tick: () => happened.push("tick"),
      changed: () => () => happened.push("changed"),
      shed: (what) => happened.push(`shed ${what}`),
      hostFailed: (error) => {
        throw error;
      },
    });
    return createAdapter(name, {
      broker,
      call: async () => ok(),
      stopped: () => false,
      changed: (_, paths) => happened.push(`changed ${paths.join()}`),
      warn: (message) => warnings.push(message),
    });
  }

  /** The answer, after everything that it led to has happened. */
  async function ask(
    name: AdapterName,
    granted: readonly Capability[],
    functionName: string,
    args: readonly unknown[],
  ): Promise<HostOutcome> {
    const adapter = start(name, granted);
    if (broker === undefined) throw new Error("there is no broker");
    const outcome = await adaptedCall(name, adapter, broker, functionName, args);
    await adapter.settle();
    clock.advance(60_000);
    return outcome;
  }

  const effects = (): readonly string[] => happened.map((text) => text.replaceAll(workspace, "/w"));
  const denied = (): readonly GrantRecord[] => audit.filter(({ decision }) => decision === "denied");

  it("the table has a row for each function, and no other", () => {
    expect(Object.keys(rows).sort()).toEqual([...new Set(cases.map(({ name }) => name))].sort());
  });

  it.each(cases)(
    "$adapter: $name does what it says when what it needs is granted",
    async ({ adapter, name }) => {
      const row = rowOf(name);
      const outcome = await ask(adapter, needed(adapter, name), name, row.args);
      const value = JSON.stringify(row.value)?.replaceAll("/w", workspace);
      expect(outcome.kind === "ok" && JSON.stringify(outcome.value)).toEqual(value);
      expect(effects()).toEqual(row.effects);
      expect(denied()).toEqual([]);
      expect(warnings).toEqual([]);
    },
  );

  const denials = cases.flatMap(({ adapter, name }) =>
    needed(adapter, name).map((capability) => ({ adapter, name, capability })),
  );
  it.each(denials)(
    "$adapter: $name is refused and told without `$capability`, and nothing happens",
    async ({ adapter, name, capability }) => {
      const rest = capabilities.filter((other) => other !== capability);
      expect(await ask(adapter, rest, name, rowOf(name).args)).toEqual({
        kind: "refused",
        message: `the capability \`${capability}\` is not granted`,
      });
      expect(denied()).toEqual([expect.objectContaining({ pluginId: "t.t", capability, scope: "" })]);
      expect(effects()).toEqual([]);
    },
  );

  it.each(cases.filter(({ name }) => rowOf(name).beyond))(
    "$adapter: $name does nothing for what is beyond its grant, and it is told",
    async ({ adapter, name }) => {
      const outcome = await ask(adapter, capabilities, name, rowOf(name).beyond ?? []);
      expect(outcome).toEqual({ kind: "ok", value: undefined });
      expect(effects()).toEqual([]);
      expect(denied().length).toBeGreaterThan(0);
      expect(warnings.join()).toMatch(/not inside a granted folder/);
    },
  );

  it.each(cases)("$adapter: $name with arguments of another type is refused", async ({ adapter, name }) => {
    const outcome = await ask(adapter, capabilities, name, [...rowOf(name).args, { hostile: true }]);
    expect(outcome).toMatchObject({ kind: "refused" });
    expect(effects()).toEqual([]);
  });

  it.each(adapterNames)("%s has no function but those of its world", async (adapter) => {
    for (const name of ["list-dir", "toString", "__proto__"]) {
      expect(await ask(adapter, capabilities, name, [])).toMatchObject({ kind: "refused" });
    }
  });
});

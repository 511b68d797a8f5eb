import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { ok, SimulatedClock } from "@novywave/base";
import { WIT, WORLDS } from "@novywave/contract";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { hostWorld } from "../artifact/host-world.js";
import {
  contractCapabilities as capabilities,
  type ContractCapability as Capability,
} from "../capability.js";
import type { GrantRecord, PluginLogRecord, PublishedEvent } from "../host/types.js";
import { defaultLimits } from "../limits.js";
import { HostFixture } from "../testing/host-fixture.test.helper.js";
import { artifactOf, dummyBytes } from "../testing/puppet.test.helper.js";
import { Broker } from "./broker.js";
import type { HostOutcome } from "./outcome.js";
import { defaultExcludes } from "./walk.js";

/** What a function is asked, what it answers when all is granted, and what it answers to what the grant does not hold. */
interface Row {
  readonly args: readonly unknown[];
  readonly answer: unknown;
  /** The same function, asked for more than the grant's folders or channels hold; absent where there is no more to ask for. */
  readonly beyond?: { readonly args: readonly unknown[]; readonly answer: unknown };
}

const notFound = { kind: "err", payload: { tag: "not-found" } };
const anyOk = { kind: "ok", value: expect.anything() };
const query = { extensions: [], globs: [], exclude: [], limit: 10 };

/** One row for every function that the contract lets a plugin import. A function without a row fails the test. */
const rows: Readonly<Record<string, Row>> = {
  "logging.log": { args: ["info", "hello"], answer: { kind: "ok" } },
  "filesystem.list-dir": { args: ["."], answer: anyOk, beyond: { args: ["/etc"], answer: notFound } },
  "filesystem.read-metadata": {
    args: ["a.vcd"],
    answer: anyOk,
    beyond: { args: ["/etc/passwd"], answer: notFound },
  },
  "filesystem.find-files": {
    args: [{ ...query, directory: "." }],
    answer: anyOk,
    beyond: { args: [{ ...query, directory: "/etc" }], answer: notFound },
  },
  "watch.subscribe": {
    args: [["."], 1],
    answer: { kind: "ok", value: 1n },
    beyond: { args: [["/etc"], 1], answer: { kind: "err", payload: { tag: "not-found", val: "/etc" } } },
  },
  "watch.unsubscribe": { args: [1n], answer: { kind: "ok" } },
  "relay.publish": {
    args: ["log", { tag: "log", val: "hello" }],
    answer: { kind: "ok" },
    beyond: {
      args: ["refresh-timeline", { tag: "refresh-timeline", val: [] }],
      answer: {
        kind: "err",
        payload: { tag: "channel-denied", val: expect.stringContaining("allowed: log") },
      },
    },
  },
  "config.get": { args: [], answer: { kind: "ok", value: [{ key: "a", value: "1" }] } },
  "timer.schedule-tick": { args: [5], answer: { kind: "ok" } },
};

/** Every function of the contract's interfaces, as `interface.function`. */
const functions: readonly string[] = hostWorld().imports.flatMap((item) =>
  item.kind === "instance" ? item.type.functions.map(({ name }) => `${shortName(item.name)}.${name}`) : [],
);

/**
 * The ways by which guests reach the broker: a world of the contract, with the interfaces that it lets a guest import.
 * What an adapter offers instead ends at the same functions: `adapters/enforcement.test.ts`.
 */
const doors: readonly { readonly name: string; readonly imports: readonly string[] }[] = Object.entries(
  WORLDS,
).map(([name, { imports }]) => ({ name, imports: [...imports] }));

const cases = doors.flatMap((door) => functions.map((name) => ({ door, name })));

function shortName(name: string): string {
  return /\/([^@]+)/.exec(name)?.[1] ?? name;
}

function partsOf(name: string): { readonly capability: Capability; readonly function: string } {
  const [first, ...rest] = name.split(".");
  const capability = capabilities.find((each) => each === first);
  if (!capability) throw new Error(`${first} is no capability`);
  return { capability, function: rest.join(".") };
}

function rowOf(name: string): Row {
  const row = rows[name];
  if (row === undefined) throw new Error(`${name} is in the contract; say here what it answers`);
  return row;
}

function unexpected(error: unknown): void {
  throw error;
}

function ask(broker: Broker, name: string, args: readonly unknown[]): Promise<HostOutcome> {
  return broker.call(partsOf(name).capability, partsOf(name).function, args);
}

describe("R4.6 every import of the contract, granted and denied, in every world", () => {
  let workspace: string;
  const audit: GrantRecord[] = [];
  const effects: (PluginLogRecord | PublishedEvent | string)[] = [];

  beforeEach(async () => {
    workspace = await realpath(await mkdtemp(path.join(tmpdir(), "enforcement-")));
    await writeFile(path.join(workspace, "a.vcd"), "");
    await mkdir(path.join(workspace, "sub"));
    audit.length = 0;
    effects.length = 0;
  });
  afterEach(() => rm(workspace, { recursive: true }));

  function brokerWith(granted: readonly Capability[], clock = new SimulatedClock()): Broker {
    return new Broker({
      grant: {
        pluginId: "t.t",
        capabilities: new Set(granted),
        folders: [workspace],
        channels: new Set(["log"]),
      },
      workspace,
      limits: defaultLimits,
      config: [{ key: "a", value: "1" }],
      excludes: defaultExcludes,
      ports: {
        watch: async (directories) => {
          effects.push(`watch ${directories.join()}`);
          return ok({ [Symbol.dispose]() {} });
        },
      },
      clock,
      published: (event) => {
        effects.push(event);
        return ok();
      },
      logged: (record) => effects.push(record),
      audit: (record) => audit.push(record),
      tick: () => effects.push("tick"),
      changed: () => () => effects.push("changed"),
      shed: unexpected,
      hostFailed: unexpected,
    });
  }

  const refusals = (): readonly GrantRecord[] => audit.filter(({ decision }) => decision === "denied");

  it("the table has a row for each function of the contract, and no other", () => {
    expect(Object.keys(rows).sort()).toEqual([...functions].sort());
    expect([...new Set(functions.map((name) => partsOf(name).capability))].sort()).toEqual(
      [...capabilities].sort(),
    );
  });

  it.each(cases.filter(({ door, name }) => door.imports.includes(partsOf(name).capability)))(
    "$door.name: $name, granted alone, does what it says, and nothing else may be used",
    async ({ name }) => {
      const { capability } = partsOf(name);
      const broker = brokerWith([capability]);
      expect(await ask(broker, name, rowOf(name).args)).toEqual(rowOf(name).answer);
      expect(refusals()).toEqual([]);
      const others = functions.filter((other) => partsOf(other).capability !== capability);
      for (const other of others) {
        expect(await ask(broker, other, rowOf(other).args), other).toMatchObject({ kind: "refused" });
      }
      expect(refusals()).toHaveLength(others.length);
      broker[Symbol.dispose]();
    },
  );

  it.each(cases)(
    "$door.name: $name, denied, is refused and told, and nothing happens",
    async ({ door, name }) => {
      const { capability } = partsOf(name);
      const rest = capabilities.filter((other) => door.imports.includes(other) && other !== capability);
      const clock = new SimulatedClock();
      const broker = brokerWith(rest, clock);
      expect(await ask(broker, name, rowOf(name).args)).toEqual({
        kind: "refused",
        message: `the capability \`${capability}\` is not granted`,
      });
      expect(refusals()).toEqual([expect.objectContaining({ pluginId: "t.t", capability, scope: "" })]);
      clock.advance(60_000);
      expect(effects).toEqual([]);
      broker[Symbol.dispose]();
    },
  );

  it.each(functions.filter((name) => rowOf(name).beyond))(
    "%s answers as the contract says to what is beyond its grant, and it is told",
    async (name) => {
      const { beyond } = rowOf(name);
      const broker = brokerWith(capabilities);
      expect(await ask(broker, name, beyond?.args ?? [])).toEqual(beyond?.answer);
      expect(refusals()).toEqual([expect.objectContaining({ capability: partsOf(name).capability })]);
      expect(effects).toEqual([]);
      broker[Symbol.dispose]();
    },
  );
});

describe("R4.6 a component is linked with what it imports, when all of it is granted", () => {
  let fixture: HostFixture;
  beforeEach(async () => {
    fixture = await HostFixture.open("in-process");
  });
  afterEach(() => fixture.close());

  const exported = ["lifecycle", "smoke"] as const;
  it.each(exported.flatMap((world) => capabilities.map((capability) => ({ world, capability }))))(
    "a component that exports $world and imports $capability",
    async ({ world, capability }) => {
      const wit = `${WIT}\nworld made { import ${capability}; export ${world}; }`;
      const artifact = artifactOf(await dummyBytes(wit, "made"));
      const others = capabilities.filter((other) => other !== capability);
      expect(await fixture.startFailure(artifact, { capabilities: others })).toMatchObject({
        code: "missing-capability",
        details: { capability },
      });
      // Linked, it runs: every function of a dummy traps, `init` first.
      expect(await fixture.startFailure(artifact, { capabilities: [capability] })).toMatchObject({
        code: "trap",
        export: "init",
      });
    },
  );
});

import { mkdir, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { SimulatedClock } from "@novywave/base";
import { INTERFACES, WIT } from "@novywave/contract";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Artifact } from "../artifact/artifact.js";
import type { CallEvidence } from "../failure.js";
import { withDefaults } from "../limits.js";
import type { StartRequest } from "./types.js";
import { HostFixture, once, order } from "../testing/host-fixture.test.helper.js";
import {
  artifactOf,
  commands,
  componentBytes,
  dummyBytes,
  puppetBytes,
  smokeBytes,
} from "../testing/puppet.test.helper.js";

let puppet: Artifact;
let loggerOnly: Artifact;
let smoke: Artifact;
let trapInInit: Artifact;
beforeAll(async () => {
  puppet = artifactOf(await puppetBytes());
  loggerOnly = artifactOf(await puppetBytes(["logging"]));
  smoke = artifactOf(await smokeBytes());
  trapInInit = artifactOf(await dummyBytes(`${WIT}\nworld made { export smoke; }`, "made"));
});

describe.each(["in-process", "process"] as const)("plugins run through the transport %s", (transport) => {
  let fixture: HostFixture;
  beforeAll(async () => {
    fixture = await HostFixture.open(transport);
    await mkdir(path.join(fixture.workspace, "waves"));
    await writeFile(path.join(fixture.workspace, "waves/a.vcd"), "12345");
    await symlink("/etc", path.join(fixture.workspace, "out"));
  });
  afterAll(() => fixture.close());
  beforeEach(() => {
    for (const list of [fixture.published, fixture.logs, fixture.audit, fixture.hostLog, fixture.watches])
      list.length = 0;
  });

  const inWorkspace = (name: string): string => path.join(fixture.workspace, name);
  const change = (name: string) => ({
    tag: "filesystem-change" as const,
    val: { subscriptionId: 1n, paths: [inWorkspace(name)] },
  });

  describe("life", () => {
    it("R6.1 a plugin is loaded and initialised with its config", async () => {
      const instance = await fixture.start(puppet, { config: { description: "hello", n: 1 } });
      expect(instance.metadata).toMatchObject({ version: "1.0.0", description: '"hello"', capabilities: [] });
      expect(instance.world).toBe("plugin");
      expect(await fixture.order(instance, commands.config)).toEqual(['"hello"', "1"]);
      await instance.shutdown();
    });

    it("R7.1 the smoke world greets and takes no events", async () => {
      const instance = await fixture.start(smoke);
      expect(instance.world).toBe("smoke");
      expect(await instance.greet?.()).toEqual({ ok: true, value: undefined });
      expect(await instance.handleEvent({ tag: "tick" })).toMatchObject({
        ok: false,
        error: { code: "incompatible" },
      });
      await instance.shutdown();
      expect(instance.stats.exports).toMatchObject({
        init: { calls: 1 },
        greet: { calls: 1 },
        shutdown: { calls: 1 },
      });
    });

    it("R6.5 shutdown calls the export, then releases watches and timers and ends the worker", async () => {
      const instance = await fixture.start(puppet);
      await fixture.order(instance, commands.subscribe, ".");
      await fixture.order(instance, commands.tick);
      await instance.shutdown();
      await instance.shutdown();
      expect(fixture.logs.at(-1)).toMatchObject({ level: "trace", message: "done" });
      expect(fixture.watch(0).open).toBe(false);
      expect(instance.failure).toBeUndefined();
      expect(await instance.handleEvent({ tag: "tick" })).toMatchObject({
        ok: false,
        error: { code: "cancelled" },
      });
    });

    it("R9.3 an error of init says what the plugin said", async () => {
      expect(await fixture.startFailure(puppet, { config: { f: "extensions" } })).toMatchObject({
        code: "init-failed",
        export: "init",
        message: 'invalid config: "extensions"',
        details: { tag: "invalid-config" },
      });
    });

    it("R5.1 instances of one artifact share its compilation, each with its own state", async () => {
      const one = await fixture.start(puppet, { pluginId: "test.one" });
      const two = await fixture.start(puppet, { pluginId: "test.two" });
      await expect(fixture.order(one, commands.trap)).rejects.toThrow("trap");
      expect(await fixture.order(two, commands.listDir, "waves")).toEqual([
        inWorkspace("waves/a.vcd"),
        "done",
      ]);
      await two.shutdown();
    });

    it("many instances start at once", async () => {
      const all = await Promise.all(
        Array.from({ length: 6 }, (_, n) => fixture.start(puppet, { pluginId: `test.p${n}` })),
      );
      await Promise.all(all.map((instance) => instance.shutdown()));
    });
  });

  describe("capabilities", () => {
    it("R4.6 a granted capability is recorded", async () => {
      const instance = await fixture.start(puppet, { channels: ["log"] });
      const granted = fixture.audit.filter(({ decision }) => decision === "granted");
      expect(granted).toContainEqual(
        expect.objectContaining({ pluginId: "test.puppet", capability: "timer", scope: "" }),
      );
      expect(granted).toContainEqual(
        expect.objectContaining({ capability: "filesystem", scope: fixture.workspace }),
      );
      expect(granted).toContainEqual(expect.objectContaining({ capability: "relay", scope: "log" }));
      await instance.shutdown();
    });

    it("one that is imported but not granted is named, and nothing runs", async () => {
      const failure = await fixture.startFailure(puppet, {
        capabilities: ["logging", "filesystem", "watch", "relay", "config"],
      });
      expect(failure).toMatchObject({ code: "missing-capability", details: { capability: "timer" } });
      expect(failure.message).toContain("`timer`");
    });

    it("one that the manifest does not ask for is not linked, even if granted", async () => {
      const request = fixture.request(puppet);
      const manifest = { ...request.manifest, capabilities: request.manifest.capabilities.slice(0, 5) };
      expect(await fixture.startFailure(puppet, { manifest })).toMatchObject({ code: "incompatible" });
    });

    it("a component that is no plugin does not start", async () => {
      const started = await fixture.host.start({
        ...fixture.request(smoke),
        artifact: artifactOf(await dummyBytes(`${WIT}\nworld made { export other: func(); }`, "made")),
      });
      expect(started).toMatchObject({ ok: false, error: { code: "incompatible" } });
    });

    it("R4.1 list-dir and read-metadata see the granted folders only", async () => {
      const instance = await fixture.start(puppet);
      expect(await fixture.order(instance, commands.listDir, ".")).toEqual([inWorkspace("waves"), "done"]);
      expect(await fixture.order(instance, commands.readMetadata, "waves/a.vcd")).toEqual([
        inWorkspace("waves/a.vcd"),
      ]);
      for (const outside of ["/etc", "out", "..", "nothing"]) {
        expect(await fixture.order(instance, commands.listDir, outside), outside).toEqual(["err:0"]);
        expect(await fixture.order(instance, commands.readMetadata, outside), outside).toEqual(["err:0"]);
      }
      expect(fixture.audit).toContainEqual(expect.objectContaining({ decision: "denied", scope: "/etc" }));
      expect(instance.stats.denied).toBeGreaterThan(0);
      await instance.shutdown();
    });

    it("R4.7 a link that took the place of a granted folder after it was approved is not followed", async () => {
      await symlink("/etc", inWorkspace("approved"));
      const folders = [inWorkspace("waves"), inWorkspace("approved")];
      const instance = await fixture.start(puppet, { folders });
      expect(await fixture.order(instance, commands.listDir, "waves")).toEqual([
        inWorkspace("waves/a.vcd"),
        "done",
      ]);
      for (const place of ["approved", "/etc"]) {
        expect(await fixture.order(instance, commands.listDir, place), place).toEqual(["err:0"]);
      }
      expect(fixture.audit).toContainEqual(
        expect.objectContaining({
          decision: "denied",
          capability: "filesystem",
          scope: inWorkspace("approved"),
        }),
      );
      await instance.shutdown();
    });

    it("what is too long, or too much, is answered with an error that the plugin can handle", async () => {
      const instance = await fixture.start(puppet);
      const long = "x".repeat(20_000);
      const many = Array.from({ length: 10_001 }, (_, n) => `${n}`);
      const answers: (readonly [bigint, readonly string[], string])[] = [
        [commands.listDir, [long], "err:2"],
        [commands.readMetadata, [long], "err:2"],
        [commands.findFiles, [long], "err:2"],
        [commands.findFiles, [".", ...many.slice(0, 257)], "err:4"],
        [commands.subscribe, [long], "err:0"],
        [commands.subscribe, many, "err:1"],
        [commands.publishRefresh, ["refresh-timeline", long], "err:1"],
        [commands.publishLog, [long, "text"], "err:0"],
      ];
      for (const [command, paths, answer] of answers)
        expect((await fixture.order(instance, command, ...paths))[0]).toBe(answer);
      await instance.shutdown();
    });

    it("find-files pages through a folder", async () => {
      for (const name of ["1.fst", "2.fst", "3.fst"]) await writeFile(inWorkspace(`waves/${name}`), "");
      const instance = await fixture.start(puppet);
      expect(await fixture.order(instance, commands.findPages, ".", "fst")).toEqual([
        inWorkspace("waves/1.fst"),
        inWorkspace("waves/2.fst"),
        "do",
        inWorkspace("waves/3.fst"),
        "done",
      ]);
      await instance.shutdown();
    });

    it("R4.4 publishing needs the channel, a payload of its kind, and granted paths; the id is overwritten", async () => {
      const instance = await fixture.start(puppet, {
        channels: ["discovery", "refresh-timeline", "unknown"],
      });
      expect(
        await fixture.order(instance, commands.publishDiscovery, "discovery", "waves/b.vcd", "waves/a.vcd"),
      ).toEqual(["done"]);
      expect(await fixture.order(instance, commands.publishRefresh, "refresh-timeline")).toEqual(["done"]);
      expect(await fixture.order(instance, commands.publishRefresh, "discovery")).toContain("err:1");
      expect(await fixture.order(instance, commands.publishLog, "log", "hi")).toContain("err:0");
      expect(await fixture.order(instance, commands.publishDiscovery, "unknown")).toContain("err:0");
      expect(
        await fixture.order(instance, commands.publishDiscovery, "discovery", "waves/a.vcd", "/etc/passwd"),
      ).toContain("err:1");
      expect(
        await fixture.order(instance, commands.publishRefresh, "refresh-timeline", "out/passwd"),
      ).toContain("err:1");
      expect(fixture.published).toEqual([
        {
          pluginId: "test.puppet",
          channel: "discovery",
          event: {
            tag: "discovery",
            val: {
              pluginId: "test.puppet",
              discovered: [inWorkspace("waves/a.vcd"), inWorkspace("waves/b.vcd")],
            },
          },
        },
        { pluginId: "test.puppet", channel: "refresh-timeline", event: { tag: "refresh-timeline", val: [] } },
      ]);
      await instance.shutdown();
    });

    it("R4.3 log messages are bounded by bytes a minute; what is dropped is said and counted", async () => {
      const instance = await fixture.start(puppet, { limits: withDefaults({ logBytesPerMinute: 10_000 }) });
      await fixture.order(instance, commands.flood, "x".repeat(84));
      expect(fixture.logs.filter(({ level }) => level === "info").length).toBeLessThan(120);
      expect(fixture.logs.at(-1)).toMatchObject({
        level: "warn",
        message: expect.stringContaining("10000 bytes a minute"),
      });
      expect(instance.stats.droppedLogs).toBeGreaterThan(880);
      await instance.shutdown();
    });

    it("host calls a second are bounded", async () => {
      const instance = await fixture.start(puppet, { limits: withDefaults({ hostCallsPerSecond: 1 }) });
      await fixture.order(instance, commands.listDir, ".");
      expect(await fixture.order(instance, commands.publishLog, "log", "x")).toContain(
        "more than 1 host calls a second (limit host_calls_per_second)",
      );
      await instance.shutdown();
    });
  });

  describe("events", () => {
    it("R4.2 changes of a subscription arrive, checked and sorted", async () => {
      const instance = await fixture.start(puppet);
      expect(await fixture.order(instance, commands.subscribe, "waves")).toEqual(["done"]);
      expect(fixture.watch(0)).toMatchObject({ directories: [inWorkspace("waves")], debounceMs: 10 });
      fixture.logs.length = 0;
      fixture
        .watch(0)
        .report([
          inWorkspace("waves/gone.vcd"),
          "/etc/passwd",
          inWorkspace("out/passwd"),
          inWorkspace("waves/a.vcd"),
        ]);
      await instance.idle();
      expect(fixture.logs.map(({ message }) => message)).toEqual([
        inWorkspace("waves/a.vcd"),
        inWorkspace("waves/gone.vcd"),
      ]);
      await instance.shutdown();
    });

    it("R4.7 a change that the embedder reports is checked as well", async () => {
      const watch = { directories: ["waves"], debounceMs: 1 };
      const instance = await fixture.start(puppet, { watch });
      const report = (...paths: string[]) =>
        instance.handleEvent({ tag: "filesystem-change", val: { subscriptionId: 1n, paths } });
      fixture.logs.length = 0;
      expect(await report("/etc/passwd", inWorkspace("out/passwd"))).toEqual({ ok: true, value: undefined });
      expect(await report("/etc/passwd", "waves/a.vcd", inWorkspace("waves/gone.vcd"), "..")).toMatchObject({
        ok: true,
      });
      expect(fixture.logs.map(({ message }) => message)).toEqual([
        inWorkspace("waves/a.vcd"),
        inWorkspace("waves/gone.vcd"),
      ]);
      await instance.shutdown();
    });

    it("watching outside is refused; so is more than the limit", async () => {
      const instance = await fixture.start(puppet, { limits: withDefaults({ watchedFolders: 1 }) });
      expect(await fixture.order(instance, commands.subscribe, "/etc")).toEqual(["err:0", "/etc"]);
      expect(await fixture.order(instance, commands.subscribe, "waves")).toEqual(["done"]);
      expect(await fixture.order(instance, commands.subscribe, ".")).toContain("err:1");
      expect(fixture.watches).toHaveLength(1);
      await instance.shutdown();
    });

    it("the `watch` table of the entry is a subscription before init", async () => {
      const watch = { directories: ["waves", "later"], debounceMs: 250 };
      const instance = await fixture.start(puppet, { watch });
      expect(fixture.watches).toEqual([
        expect.objectContaining({
          directories: [inWorkspace("later"), inWorkspace("waves")],
          debounceMs: 250,
        }),
      ]);
      fixture.watch(0).report([inWorkspace("later/x.vcd")]);
      await instance.idle();
      expect(fixture.logs.at(-1)).toMatchObject({ level: "debug", message: inWorkspace("later/x.vcd") });
      await instance.shutdown();
    });

    it("a `watch` table that names a folder outside keeps the plugin from starting", async () => {
      const failure = await fixture.startFailure(puppet, { watch: { directories: ["/etc"], debounceMs: 1 } });
      expect(failure).toMatchObject({ code: "folder-not-granted", details: { folder: "/etc" } });
      expect(fixture.watches).toEqual([]);
    });

    it("a `watch` table of a plugin that does not watch is ignored, and said", async () => {
      const instance = await fixture.start(loggerOnly, { watch: { directories: ["."], debounceMs: 1 } });
      expect(fixture.watches).toEqual([]);
      expect(fixture.hostLog).toContainEqual(
        expect.objectContaining({ level: "warn", pluginId: "test.puppet" }),
      );
      await instance.shutdown();
    });

    it("a tick comes to the plugin that asked for it", async () => {
      const clock = new SimulatedClock();
      const standing = await HostFixture.open(transport, clock);
      const instance = await standing.start(puppet, { limits: withDefaults({ timers: 1 }) });
      expect(await standing.order(instance, commands.tick)).toEqual(["done"]);
      expect(await standing.order(instance, commands.tick)).toContain("err:0");
      clock.advance(50);
      await standing.untilLogged("tick");
      await standing.close();
    });

    it("a new config arrives as an event and through config.get", async () => {
      const instance = await fixture.start(puppet, { config: { a: 1 } });
      const val = [{ key: "a", value: "2" }];
      expect(await instance.handleEvent({ tag: "config-updated", val })).toEqual({
        ok: true,
        value: undefined,
      });
      expect(await fixture.order(instance, commands.config)).toEqual(["2"]);
      await instance.shutdown();
    });

    it("R5.3 what comes while a change is checked waits behind it, whoever reports it", async () => {
      const watch = { directories: ["waves"], debounceMs: 1 };
      const instance = await fixture.start(puppet, { watch, config: { a: 1 } });
      const expected: string[] = [];
      const handled: unknown[] = [];
      for (let n = 2; n < 6; n++) {
        fixture.watch(0).report([inWorkspace(`waves/reported-${n}.vcd`)]);
        handled.push(
          instance.handleEvent({ tag: "config-updated", val: [{ key: "a", value: `${n}` }] }),
          instance.handleEvent({ tag: "tick" }),
        );
        expected.push(inWorkspace(`waves/reported-${n}.vcd`), `${n}`, "tick");
        await instance.idle();
        handled.push(
          instance.handleEvent(change(`waves/handed-${n}.vcd`)),
          instance.handleEvent(order(commands.config)),
          instance.handleEvent({ tag: "config-updated", val: [{ key: "a", value: `later than ${n}` }] }),
        );
        expected.push(inWorkspace(`waves/handed-${n}.vcd`), `${n}`, `later than ${n}`);
        await Promise.all(handled);
      }
      expect(fixture.logs.map(({ message }) => message)).toEqual(expected);
      await instance.shutdown();
    });

    it("R5.3 a change that the plugin may not know of holds nothing up", async () => {
      const watch = { directories: ["waves"], debounceMs: 1 };
      const instance = await fixture.start(puppet, { watch, limits: withDefaults({ queuedEvents: 2 }) });
      fixture.watch(0).report(["/etc/passwd"]);
      expect(await instance.handleEvent({ tag: "tick" })).toMatchObject({ ok: true });
      await instance.idle();
      expect(fixture.logs.map(({ message }) => message)).toEqual(["tick"]);
      expect(fixture.hostLog).toEqual([]);
      await instance.shutdown();
    });

    it("a new config for which there is no room is still what config.get answers", async () => {
      const limits = withDefaults({ queuedEvents: 1 });
      const instance = await fixture.start(puppet, { config: { a: 1 }, limits });
      const running = instance.handleEvent(order(commands.findFiles, "."));
      const waiting = instance.handleEvent({ tag: "tick" });
      const val = [{ key: "a", value: "2" }];
      expect(await instance.handleEvent({ tag: "config-updated", val })).toMatchObject({
        ok: false,
        error: { code: "limit" },
      });
      await Promise.all([running, waiting]);
      expect(await fixture.order(instance, commands.config)).toEqual(["2"]);
      await instance.shutdown();
    });

    it("an error of handle-event is told, and the plugin lives on", async () => {
      const instance = await fixture.start(puppet);
      const result = await instance.handleEvent(order(commands.fail, "sorry"));
      expect(result).toMatchObject({
        ok: false,
        error: { code: "plugin-error", export: "handle-event", message: "sorry" },
      });
      expect(await fixture.order(instance, commands.config)).toEqual([]);
      expect(instance.stats.exports["handle-event"]).toMatchObject({ errors: 1 });
      await instance.shutdown();
    });
  });

  it("what a plugin of the smoke world publishes when it greets is told, each time", async () => {
    const wit = `${WIT}\nworld greeter { import relay; export smoke; }`;
    const core = `(module
      (import "${INTERFACES.relay}" "publish" (func $publish (param i32 i32 i32 i32 i32 i32 i32 i32)))
      (memory (export "memory") 1)
      (data (i32.const 64) "1.0.0refresh-timeline")
      (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 4096))
      (func (export "${INTERFACES.smoke}#init") (param i32 i32) (result i32)
        (i32.store (i32.const 260) (i32.const 64)) (i32.store (i32.const 264) (i32.const 5))
        (i32.const 256))
      (func (export "${INTERFACES.smoke}#greet")
        (call $publish (i32.const 69) (i32.const 16) (i32.const 2) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 512)))
      (func (export "${INTERFACES.smoke}#shutdown")))`;
    const instance = await fixture.start(artifactOf(await componentBytes(wit, "greeter", core)));
    for (let times = 1; times <= 2; times++) {
      expect(await instance.greet?.()).toMatchObject({ ok: true });
      expect(fixture.published).toHaveLength(times);
    }
    await instance.shutdown();
  });

  describe("one instance takes over from another", () => {
    const watch = { directories: ["waves"], debounceMs: 1, reportedBy: "caller" } as const;
    const held = async (overrides: Partial<StartRequest> = {}) => {
      const started = await fixture.host.start(fixture.request(puppet, { watch, ...overrides }), {
        held: true,
      });
      if (!started.ok) throw new Error(started.error.message);
      return started.value;
    };

    it("R6.2 until it is accepted it handles no event, and what `init` published is told nobody", async () => {
      const instance = await held({ config: { p: 1 } });
      fixture.logs.length = 0;
      instance.report([inWorkspace("waves/a.vcd")]);
      await fixture.order(await fixture.start(puppet, { pluginId: "test.other" }), commands.config);
      expect([fixture.published, fixture.logs]).toEqual([[], []]);
      instance.accept([inWorkspace("waves"), "/etc/passwd"]);
      await instance.idle();
      expect(fixture.published).toEqual([expect.objectContaining({ channel: "refresh-timeline" })]);
      expect(fixture.logs.map(({ message }) => message)).toEqual([
        inWorkspace("waves"),
        inWorkspace("waves/a.vcd"),
      ]);
      expect(instance.stats.exports["handle-event"]).toMatchObject({ calls: 1 });
      await instance.shutdown();
    });

    it("one that is never accepted leaves no trace but its log", async () => {
      const instance = await held({ config: { p: 1 } });
      await instance.shutdown();
      expect(fixture.published).toEqual([]);
    });

    it("one that retires finishes its call and hands on what waits", async () => {
      const instance = await held();
      instance.accept();
      const running = instance.handleEvent(order(commands.publishRefresh, "refresh-timeline", "waves/a.vcd"));
      const waiting = instance.handleEvent({
        tag: "filesystem-change",
        val: { subscriptionId: 1n, paths: [inWorkspace("waves/a.vcd")] },
      });
      // The first runs, the second waits.
      while (instance.stats.queueDepth !== 1) await new Promise((resolve) => setImmediate(resolve));
      instance.report([inWorkspace("waves/b.vcd")]);
      const retired = instance.retire();
      expect(instance.report([inWorkspace("waves/c.vcd")])).toBe(true);
      const left = ["waves/a.vcd", "waves/b.vcd", "waves/c.vcd"].map(inWorkspace);
      expect(await retired).toEqual(left);
      // The next instance is to be told.
      expect(instance.report([inWorkspace("waves/d.vcd")])).toBe(false);
      expect(await running).toMatchObject({ ok: true });
      expect(await waiting).toMatchObject({ ok: false, error: { code: "cancelled" } });
      expect(fixture.published).toHaveLength(1);
      await instance.shutdown();
    });

    it("a call that traps or hangs has published nothing", async () => {
      for (const command of [commands.publishThenTrap, commands.publishThenSpin]) {
        const instance = await fixture.start(puppet, { limits: withDefaults({ callDeadlineMs: 200 }) });
        const result = await instance.handleEvent(order(command, "refresh-timeline"));
        expect(result).toMatchObject({ ok: false });
        expect(fixture.logs.at(-1)).toMatchObject({ message: "done" });
      }
      expect(fixture.published).toEqual([]);
    });

    it("one call publishes a bounded number of events", async () => {
      const instance = await fixture.start(puppet, { limits: withDefaults({ publishesPerCall: 0 }) });
      expect(await fixture.order(instance, commands.publishRefresh, "refresh-timeline")).toEqual([
        "err:2",
        "one call publishes at most 0 events (limit publishes_per_call)",
      ]);
      await instance.shutdown();
    });
  });

  describe("death", () => {
    it("R5.5 a trap is a typed failure with the guest's backtrace, told once; the plugin is gone", async () => {
      const instance = await fixture.start(puppet);
      const died = once(instance.died);
      const result = await instance.handleEvent(order(commands.trap));
      const failure = await died;
      expect(failure).toMatchObject({
        code: "trap",
        export: "handle-event",
        backtrace: expect.stringContaining("wasm"),
      });
      expect(result).toEqual({ ok: false, error: failure });
      expect(await instance.handleEvent({ tag: "tick" })).toEqual({ ok: false, error: failure });
      expect(fixture.hostLog.filter((record) => record.failure !== undefined)).toEqual([
        expect.objectContaining({ level: "error", pluginId: "test.puppet", failure }),
      ]);
      await instance.shutdown();
      expect(instance.failure).toEqual(failure);
    });

    it("a trap in init is a failed start, in both worlds", async () => {
      expect(await fixture.startFailure(puppet, { config: { t: 1 } })).toMatchObject({
        code: "trap",
        export: "init",
      });
      expect(await fixture.startFailure(trapInInit)).toMatchObject({ code: "trap" });
    });

    it("one that dies before its first call has its last words in the log, also where no line ends", async () => {
      const wit = `
        package wasi:io@0.2.3 {
          interface error { resource error; }
          interface streams {
            use error.{error};
            variant stream-error { last-operation-failed(error), closed }
            resource output-stream { blocking-write-and-flush: func(contents: list<u8>) -> result<_, stream-error>; }
          }
        }
        package wasi:cli@0.2.3 {
          interface stderr { use wasi:io/streams@0.2.3.{output-stream}; get-stderr: func() -> output-stream; }
        }
        world dying { import wasi:cli/stderr@0.2.3; export smoke; }`;
      const core = `(module
        (import "wasi:cli/stderr@0.2.3" "get-stderr" (func $stderr (result i32)))
        (import "wasi:io/streams@0.2.3" "[method]output-stream.blocking-write-and-flush" (func $write (param i32 i32 i32 i32)))
        (memory (export "memory") 1)
        (data (i32.const 64) "no more")
        (func (export "_initialize")
          (call $write (call $stderr) (i32.const 64) (i32.const 7) (i32.const 128))
          unreachable)
        (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 4096))
        (func (export "${INTERFACES.smoke}#init") (param i32 i32) (result i32) (i32.const 256))
        (func (export "${INTERFACES.smoke}#greet"))
        (func (export "${INTERFACES.smoke}#shutdown")))`;
      const failure = await fixture.startFailure(artifactOf(await componentBytes(WIT + wit, "dying", core)));
      expect(failure).toMatchObject({ code: "trap" });
      expect(fixture.logs).toEqual([expect.objectContaining({ level: "warn", message: "no more" })]);
    });

    it("running out of stack is a trap, not the end of the host", async () => {
      const instance = await fixture.start(puppet);
      expect(await instance.handleEvent(order(commands.recurse))).toMatchObject({
        ok: false,
        error: { code: "trap" },
      });
    });

    it("memory stops growing at the limit", async () => {
      const instance = await fixture.start(puppet, { limits: withDefaults({ memoryMib: 8 }) });
      await fixture.order(instance, commands.grow);
      expect(instance.stats.memoryBytes).toBeLessThanOrEqual(8 * 1024 * 1024);
      expect(instance.stats.memoryBytes).toBeGreaterThan(6 * 1024 * 1024);
      await instance.shutdown();
    });

    it("a guest that loops forever is ended at its deadline; everything else goes on", async () => {
      const other = await fixture.start(puppet, { pluginId: "test.other" });
      const instance = await fixture.start(puppet, { limits: withDefaults({ callDeadlineMs: 300 }) });
      const startedAt = performance.now();
      const running = instance.handleEvent(order(commands.spin));
      expect(await fixture.order(other, commands.config)).toEqual([]);
      expect(await running).toMatchObject({ ok: false, error: { code: "deadline", export: "handle-event" } });
      // How soon after it, bench/host measures.
      expect(performance.now() - startedAt).toBeGreaterThanOrEqual(299);
      const evidence: Partial<CallEvidence> = {
        export: "handle-event",
        lastEvents: ["init", "handle-event filesystem-change (0 paths)"],
      };
      expect(instance.failure?.evidence).toMatchObject(evidence);
      expect(await fixture.order(other, commands.config)).toEqual([]);
      await other.shutdown();
    });

    it("init has its own deadline", async () => {
      const startedAt = performance.now();
      const failure = await fixture.startFailure(puppet, {
        config: { s: 1 },
        limits: withDefaults({ initDeadlineMs: 700, callDeadlineMs: 60_000 }),
      });
      expect(failure).toMatchObject({ code: "deadline", export: "init" });
      expect(performance.now() - startedAt).toBeGreaterThanOrEqual(699);
    });

    it("a guest that calls the host forever is ended as well", async () => {
      const instance = await fixture.start(puppet, {
        limits: withDefaults({ callDeadlineMs: 300, hostTimeMs: 400 }),
      });
      const result = await instance.handleEvent(order(commands.spinInHost));
      expect(result).toMatchObject({ ok: false, error: { code: "deadline" } });
    });

    it("events that waited are told why they were not handled", async () => {
      const instance = await fixture.start(puppet, { limits: withDefaults({ callDeadlineMs: 200 }) });
      const spinning = instance.handleEvent(order(commands.spin));
      const waiting = instance.handleEvent({ tag: "tick" });
      expect(await spinning).toMatchObject({ error: { code: "deadline" } });
      expect(await waiting).toMatchObject({ error: { code: "deadline" } });
    });

    it("impossible limits are refused before anything runs", async () => {
      expect(
        await fixture.startFailure(puppet, { limits: { ...withDefaults({}), memoryMib: 1_025 } }),
      ).toMatchObject({
        code: "limit",
        message: expect.stringContaining("memoryMib"),
      });
    });
  });
});

describe("disposing a host", () => {
  let fixture: HostFixture;
  beforeEach(async () => {
    fixture = await HostFixture.open("in-process");
  });
  afterEach(() => fixture.close());

  it("shuts all plugins down; later starts are cancelled", async () => {
    const instance = await fixture.start(puppet);
    await fixture.host[Symbol.asyncDispose]();
    expect(instance.stats.exports["shutdown"]).toMatchObject({ calls: 1 });
    expect(await fixture.startFailure(puppet)).toMatchObject({ code: "cancelled" });
  });

  it("a plugin that is still starting is cancelled", async () => {
    const starting = fixture.host.start(fixture.request(puppet, { config: { s: 1 } }));
    await once(fixture.host.granted);
    await fixture.host[Symbol.asyncDispose]();
    expect(await starting).toMatchObject({ ok: false, error: { code: "cancelled" } });
  });
});

import { ok, SimulatedClock, systemClock } from "@novywave/base";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Artifact } from "../artifact/artifact.js";
import { inspectArtifact } from "../artifact/inspect-artifact.js";
import type { PluginFailure } from "../failure.js";
import { withDefaults } from "../limits.js";
import { once } from "../testing/host-fixture.test.helper.js";
import { artifactOf, puppetBytes } from "../testing/puppet.test.helper.js";
import type { OpenTransport } from "../transport/transport.js";
import type { ServerMessage } from "../wire/messages.js";
import { createPluginHost, maxInstances } from "./plugin-host.js";
import type { GrantRecord, PluginHost, StartRequest } from "./types.js";

const metadata = { version: "1", description: "", capabilities: [] };

/** The answer to a call of `init`. */
const initialised = (instance: number, call: number): object => {
  const outcome = { kind: "ok", value: metadata };
  return { type: "result", instance, call, outcome, memoryBytes: 1 };
};

/** A process that a guest took over: behaves until it is told what to say. */
class TakenOver {
  opened = 0;
  kills = 0;
  /** Whether it ends by being killed only once `end` is called, as a process does. */
  lingers = false;
  end: () => void = () => {};
  readonly received: ServerMessage[] = [];
  say: (message: unknown) => void = () => {};
  maxMessageBytes: (instance: number) => number = () => 0;
  /** Answers to calls; by default they succeed. */
  answer: (message: ServerMessage) => void = (message) => this.behave(message);

  readonly open: OpenTransport = ({ onMessage, onExit, maxMessageBytes }) => {
    this.opened++;
    this.maxMessageBytes = maxMessageBytes;
    this.say = onMessage;
    queueMicrotask(() => onMessage({ type: "ready" }));
    return {
      processId: 1,
      send: (message) => {
        this.received.push(message);
        queueMicrotask(() => this.answer(message));
      },
      kill: () => {
        this.kills++;
        this.end = () => onExit("it was killed");
        if (!this.lingers) this.end();
      },
      close: async () => onExit("closed"),
    };
  };

  behave(message: ServerMessage): void {
    if (message.type === "start") {
      this.say({ type: "compiled", instance: message.instance });
      this.say({ type: "loaded", instance: message.instance, memoryBytes: 1 });
    } else if (message.type === "call") {
      const value = message.function === "init" ? metadata : undefined;
      const outcome = { kind: "ok", value };
      this.say({ type: "result", instance: message.instance, call: message.call, outcome, memoryBytes: 1 });
    } else if (message.type === "terminate") {
      this.say({ type: "exited", instance: message.instance, reason: "", outOfMemory: false });
    }
  }

  /** Says something when the next export is called, instead of answering. */
  onCall(say: (instance: number, call: number) => void): void {
    this.answer = (message) => {
      if (message.type === "call") say(message.instance, message.call);
      else this.behave(message);
    };
  }
}

describe("messages of the child process are hostile", () => {
  let artifact: Artifact;
  let request: StartRequest;
  let child: TakenOver;
  let host: PluginHost;
  let deaths: PluginFailure[];
  let audit: GrantRecord[];
  let violations: string[];
  let records: string[];

  beforeAll(async () => {
    artifact = artifactOf(await puppetBytes());
    const inspected = inspectArtifact(artifact);
    if (!inspected.ok) throw new Error(inspected.error.message);
    const { manifest, requests } = inspected.value;
    request = {
      pluginId: "t.t",
      artifact,
      manifest,
      config: {},
      channels: ["log"],
      capabilities: requests,
      folders: [],
      limits: withDefaults({}),
    };
  });

  beforeEach(() => {
    child = new TakenOver();
    deaths = [];
    audit = [];
    violations = [];
    records = [];
    host = createPluginHost(
      {
        transport: "process",
        workspace: "/",
        clock: systemClock,
        log: ({ message }) => {
          records.push(message);
          if (message.includes("it is killed")) violations.push(message);
        },
        ports: { watch: async () => ok({ [Symbol.dispose]() {} }) },
      },
      { open: child.open },
    );
    host.hostDied((failure) => deaths.push(failure));
    host.granted((record) => audit.push(record));
  });

  const started = async () => {
    const result = await host.start(request);
    if (!result.ok) throw new Error(result.error.message);
    return result.value;
  };

  const rubbish: readonly (readonly [string, unknown])[] = [
    ["nothing", undefined],
    ["null", null],
    ["text", "ready"],
    ["an unknown type", { type: "grant", instance: 1 }],
    ["no instance", { type: "exited" }],
    ["an instance that is no number", { type: "compiled", instance: "1" }],
    ["an instance that was never made", { type: "compiled", instance: 99 }],
    ["a negative instance", { type: "compiled", instance: -1 }],
    [
      "a message that is too long",
      { type: "exited", instance: 1, reason: "x".repeat(5_000), outOfMemory: false },
    ],
    [
      "too many arguments",
      { type: "host-call", instance: 1, hostCall: 1, interface: "a", function: "b", args: Array(17) },
    ],
    [
      "a host call while nothing runs",
      { type: "host-call", instance: 1, hostCall: 1, interface: "logging", function: "log", args: [] },
    ],
    [
      "a result of no call",
      { type: "result", instance: 1, call: 9, outcome: { kind: "ok", value: 1 }, memoryBytes: 0 },
    ],
    [
      "a result that is not one",
      { type: "result", instance: 1, call: 1, outcome: { kind: "won" }, memoryBytes: 0 },
    ],
    ["a second loaded", { type: "loaded", instance: 1, memoryBytes: 0 }],
  ];

  it.each(rubbish)("%s ends the process, and the next start gets a new one", async (_, message) => {
    const instance = await started();
    child.say(message);
    expect(child.kills).toBe(1);
    expect(deaths).toEqual([expect.objectContaining({ code: "host-died" })]);
    expect(instance.failure).toMatchObject({ code: "host-died" });
    await started();
    expect(child.opened).toBe(2);
    await host[Symbol.asyncDispose]();
  });

  it.each([
    [
      "the result of another call",
      (instance: number, call: number) => ({
        type: "result",
        instance,
        call: call + 1,
        outcome: { kind: "ok" },
        memoryBytes: 0,
      }),
    ],
    ["`compiled` during a call", (instance: number) => ({ type: "compiled", instance })],
    ["`loaded` during a call", (instance: number) => ({ type: "loaded", instance, memoryBytes: 0 })],
  ])("%s ends the process", async (_, make) => {
    const instance = await started();
    child.onCall((id, call) => child.say(make(id, call)));
    expect(await instance.handleEvent({ tag: "tick" })).toMatchObject({
      ok: false,
      error: { code: "host-died" },
    });
    expect(child.kills).toBe(1);
  });

  it("two host calls at once end the process", async () => {
    const instance = await started();
    child.onCall((id) => {
      const call = {
        type: "host-call",
        instance: id,
        hostCall: 1,
        interface: "filesystem",
        function: "list-dir",
        args: ["/"],
      };
      child.say(call);
      child.say({ ...call, hostCall: 2 });
    });
    expect(await instance.handleEvent({ tag: "tick" })).toMatchObject({
      ok: false,
      error: { code: "host-died" },
    });
  });

  const refusals: readonly (readonly [string, string, string, readonly unknown[]])[] = [
    ["an interface that does not exist", "process", "exit", []],
    ["a function that does not exist", "filesystem", "read-file", ["/etc/passwd"]],
    ["a property of the prototype", "constructor", "call", []],
    ["arguments of another type", "filesystem", "list-dir", [{ toString: 1 }]],
    ["too few arguments", "relay", "publish", ["log"]],
    ["too many arguments", "config", "get", [1]],
    ["an event of no kind", "relay", "publish", ["log", { tag: "exec", val: "" }]],
    ["a delay that is no whole number", "timer", "schedule-tick", [Number.NaN]],
  ];

  it.each(refusals)("%s is refused", async (_, interfaceName, functionName, args) => {
    const instance = await started();
    child.received.length = 0;
    child.answer = (message) => {
      if (message.type === "call") {
        child.say({
          type: "host-call",
          instance: message.instance,
          hostCall: 5,
          interface: interfaceName,
          function: functionName,
          args,
        });
      } else if (message.type === "reply") {
        child.say({
          type: "result",
          instance: message.instance,
          call: 2,
          outcome: { kind: "ok", value: undefined },
          memoryBytes: 0,
        });
      }
    };
    await instance.handleEvent({ tag: "tick" });
    const replies = child.received.filter((message) => message.type === "reply");
    expect(replies).toEqual([
      expect.objectContaining({ hostCall: 5, outcome: { kind: "refused", message: expect.any(String) } }),
    ]);
    child.answer = (message) => child.behave(message);
    await instance.shutdown();
  });

  it("a capability that was not granted is refused in the broker, whatever the process links", async () => {
    const bare = artifactOf(await puppetBytes(["logging"]));
    const inspected = inspectArtifact(bare);
    if (!inspected.ok) throw new Error(inspected.error.message);
    const result = await host.start({
      ...request,
      artifact: bare,
      manifest: inspected.value.manifest,
      capabilities: ["logging"],
    });
    if (!result.ok) throw new Error(result.error.message);
    child.received.length = 0;
    child.answer = (message) => {
      if (message.type === "call") {
        child.say({
          type: "host-call",
          instance: message.instance,
          hostCall: 1,
          interface: "filesystem",
          function: "list-dir",
          args: ["/"],
        });
      } else if (message.type === "reply") {
        child.say({
          type: "result",
          instance: message.instance,
          call: 2,
          outcome: { kind: "ok" },
          memoryBytes: 0,
        });
      }
    };
    await result.value.handleEvent({ tag: "tick" });
    expect(child.received[1]).toMatchObject({
      type: "reply",
      outcome: { kind: "refused", message: expect.stringContaining("`filesystem`") },
    });
    expect(audit).toContainEqual(expect.objectContaining({ decision: "denied", capability: "filesystem" }));
  });

  it("metadata that is not that of the contract does not start", async () => {
    child.onCall((instance, call) => {
      child.say({
        type: "result",
        instance,
        call,
        outcome: { kind: "ok", value: { ...metadata, version: 7 } },
        memoryBytes: 0,
      });
    });
    expect(await host.start(request)).toMatchObject({ ok: false, error: { code: "incompatible" } });
  });

  it("what a plugin says of itself becomes one short line of status", async () => {
    const hostile = `\u001b[2J${"x\n".repeat(8_000)}`;
    child.onCall((instance, call) => {
      const value = { ...metadata, description: hostile };
      child.say({ type: "result", instance, call, outcome: { kind: "ok", value }, memoryBytes: 0 });
    });
    const instance = await started();
    expect(instance.metadata.description).toMatch(/^[^\p{Cc}]{900,1001}$/u);
    child.onCall((id, call) => {
      const payload = { tag: "failed", val: hostile.repeat(50) };
      child.say({ type: "result", instance: id, call, outcome: { kind: "err", payload }, memoryBytes: 0 });
    });
    const result = await instance.handleEvent({ tag: "tick" });
    expect(!result.ok && result.error.message).toMatch(/^[^\p{Cc}]{1900,2001}$/u);
    expect(JSON.stringify(result).length).toBeLessThan(5_000);
  });

  it("watchers that do not begin are not waited for beyond the host's time, nor beyond the plugin's end", async () => {
    const options = {
      transport: "process",
      workspace: "/",
      clock: systemClock,
      log: () => {},
      ports: { watch: () => new Promise<never>(() => {}) },
    } as const;
    const clock = new SimulatedClock();
    const waiting = createPluginHost(options, { open: child.open, deadlineClock: clock });
    const watched = { ...request, folders: ["/"], watch: { directories: ["/"], debounceMs: 1 } };
    const first = waiting.start(watched);
    await once(waiting.granted);
    clock.advance(watched.limits.hostTimeMs);
    expect(await first).toMatchObject({ ok: false, error: { code: "deadline" } });
    const second = waiting.start(watched);
    await once(waiting.granted);
    await waiting[Symbol.asyncDispose]();
    expect(await second).toMatchObject({ ok: false, error: { code: "cancelled" } });
    expect(clock.pending).toBe(0);
  });

  it("a plugin that fails at every event does not fill the log", async () => {
    const instance = await started();
    records.length = 0;
    child.onCall((id, call) => {
      const outcome = { kind: "err", payload: { tag: "failed", val: "again" } };
      child.say({ type: "result", instance: id, call, outcome, memoryBytes: 0 });
    });
    for (let count = 0; count < 1_000; count++) await instance.handleEvent({ tag: "tick" });
    expect(records.length).toBeGreaterThan(50);
    expect(records.length).toBeLessThan(70);
    child.onCall((id, call) => {
      const outcome = { kind: "trap", failure: { code: "trap", message: "unreachable" } };
      child.say({ type: "result", instance: id, call, outcome, memoryBytes: 0 });
    });
    await instance.handleEvent({ tag: "tick" });
    expect(records.at(-1)).toContain("unreachable");
  });

  it("as many plugins as a file names do not run at once", async () => {
    const results = await Promise.all(Array.from({ length: 130 }, () => host.start(request)));
    expect(results.filter((result) => result.ok)).toHaveLength(128);
    expect(results.at(-1)).toMatchObject({ ok: false, error: { code: "limit" } });
    await host[Symbol.asyncDispose]();
  });

  it("a flood of messages ends the process", async () => {
    const options = {
      transport: "process",
      workspace: "/",
      clock: systemClock,
      log: () => {},
      ports: { watch: async () => ok({ [Symbol.dispose]() {} }) },
    } as const;
    // All within the same instant, however slow the machine is.
    const flooded = createPluginHost(options, { open: child.open, deadlineClock: new SimulatedClock() });
    const instance = await flooded.start(request);
    if (!instance.ok) throw new Error(instance.error.message);
    // One that is to end, and does not: what it says counts no longer, but it is counted.
    child.answer = () => {};
    child.received.length = 0;
    void instance.value.handleEvent({ tag: "tick" });
    while (child.received.at(-1)?.type !== "call") await Promise.resolve();
    const failure = { code: "trap", message: "" };
    child.say({ type: "result", instance: 1, call: 2, outcome: { kind: "trap", failure }, memoryBytes: 1 });
    expect(child.received.at(-1)?.type).toBe("terminate");
    let sent = 0;
    for (; sent < 300_000 && child.kills === 0; sent++) child.say({ type: "compiled", instance: 1 });
    expect(child.kills).toBe(1);
    expect(sent).toBeGreaterThan(199_000);
  });

  it("a second `ready` ends the process: nobody waits for it", async () => {
    await started();
    child.say({ type: "ready" });
    expect(child.kills).toBe(1);
  });

  it("an instance whose worker has ended says nothing more: what comes in its name ends the process", async () => {
    const instance = await started();
    await instance.shutdown();
    expect(child.kills).toBe(0);
    expect(child.maxMessageBytes(1)).toBeLessThan(1024 * 1024);
    child.say({ type: "exited", instance: 1, reason: "", outOfMemory: false });
    expect(child.kills).toBe(1);
    expect(violations).toEqual([expect.stringContaining("a message of an instance that does not exist")]);
  });

  it("what a process sends after it broke a rule is neither done nor told of", async () => {
    child.lingers = true;
    const instance = await started();
    child.received.length = 0;
    child.onCall((id, call) => {
      child.say("rubbish");
      child.say({
        type: "host-call",
        instance: id,
        hostCall: 1,
        interface: "logging",
        function: "log",
        args: ["info", "still here"],
      });
      const outcome = { kind: "ok", value: undefined };
      child.say({ type: "result", instance: id, call, outcome, memoryBytes: 1 });
      for (let count = 0; count < 1_000; count++) child.say("rubbish");
      queueMicrotask(() => child.end());
    });
    expect(await instance.handleEvent({ tag: "tick" })).toMatchObject({ error: { code: "host-died" } });
    expect(child.received.map(({ type }) => type)).toEqual(["call"]);
    expect(violations).toHaveLength(1);
    expect(child.kills).toBe(1);
  });

  describe("the call of `init` is sent along with the artifact", () => {
    it("and answered once that is loaded", async () => {
      child.answer = (message) => {
        if (message.type !== "call") return;
        const { instance, call } = message;
        child.say({ type: "compiled", instance });
        child.say({ type: "loaded", instance, memoryBytes: 1 });
        child.say(initialised(instance, call));
      };
      await started();
      expect(child.received.map(({ type }) => type)).toEqual(["prepare", "artifact", "start", "call"]);
    });

    it("it is not made if loading fails, and the start says why", async () => {
      child.answer = (message) => {
        if (message.type === "terminate") return child.behave(message);
        if (message.type !== "call") return;
        const failure = { code: "trap", message: "the start function trapped" };
        child.say({ type: "load-failed", instance: message.instance, failure });
      };
      const refused = await host.start(request);
      expect(refused).toMatchObject({
        ok: false,
        error: { code: "trap", message: expect.stringContaining("the start function trapped") as unknown },
      });
      expect(violations).toEqual([]);
    });

    it("an answer before that is a violation", async () => {
      child.answer = (message) => {
        if (message.type === "call") child.say(initialised(message.instance, message.call));
      };
      expect(await host.start(request)).toMatchObject({ ok: false, error: { code: "host-died" } });
      expect(violations).toHaveLength(1);
    });
  });

  it("`compiled` comes once: each would start the deadline of the start functions anew", async () => {
    child.answer = (message) => {
      if (message.type !== "start") return;
      child.say({ type: "compiled", instance: message.instance });
      child.say({ type: "compiled", instance: message.instance });
    };
    expect(await host.start(request)).toMatchObject({ ok: false, error: { code: "host-died" } });
    expect(violations).toHaveLength(1);
  });

  it("a plugin is not loaded, nor has it failed to, while it waits for the host", async () => {
    for (const end of [
      { type: "loaded", memoryBytes: 1 },
      { type: "load-failed", failure: { code: "trap", message: "" } },
    ]) {
      const before = violations.length;
      child.answer = ({ type, ...message }) => {
        if (type !== "start" || !("instance" in message)) return;
        const { instance } = message;
        const args = ["stdout", "hello"];
        child.say({ type: "compiled", instance });
        child.say({
          type: "host-call",
          instance,
          hostCall: 1,
          interface: "stdio",
          function: "write-line",
          args,
        });
        child.say({ ...end, instance });
      };
      expect(await host.start(request)).toMatchObject({ ok: false, error: { code: "host-died" } });
      expect(violations).toHaveLength(before + 1);
    }
  });

  it("the artifact's bytes travel once, and are forgotten with their last instance", async () => {
    const one = await started();
    const two = await started();
    expect(child.received.filter((message) => message.type === "artifact")).toHaveLength(1);
    await one.shutdown();
    expect(child.received.some((message) => message.type === "forget")).toBe(false);
    await two.shutdown();
    expect(child.received.at(-1)).toEqual({ type: "forget", sha256: artifact.sha256 });
  });

  it("the artifact of a start that is refused is forgotten at once", async () => {
    for (let running = 0; running < maxInstances; running++) await started();
    const another = artifactOf(Uint8Array.from([...artifact.bytes, 0, 1, 0]));
    expect(await host.start({ ...request, artifact: another })).toMatchObject({ error: { code: "limit" } });
    expect(child.received.at(-1)).toEqual({ type: "forget", sha256: another.sha256 });
  });
});

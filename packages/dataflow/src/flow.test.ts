import { SimulatedClock } from "@novywave/base";
import { describe, expect, it } from "vitest";
import { createFlow } from "./index.js";
import { counter, deferred, observed } from "./testing/helpers.js";

describe("building and starting", () => {
  it("D1 constructing starts nothing", () => {
    const clock = new SimulatedClock();
    const flow = createFlow({ clock });
    const seen: string[] = [];
    const actor = flow.actor<string[], string>({
      name: "late",
      initial: [],
      start: (ctx) => {
        seen.push("start");
        ctx.after(10, "tick");
      },
      receive: (state, message) => [...state, message],
    });
    expect(actor.send("early")).toBe(true);
    clock.advance(100);
    expect(seen).toEqual([]);
    expect(actor.state).toEqual([]);
    expect(clock.pending).toBe(0);
    flow.start();
    expect(seen).toEqual(["start"]);
    expect(actor.state).toEqual(["early"]);
    clock.advance(10);
    expect(actor.state).toEqual(["early", "tick"]);
  });

  it("D2 actors start in order of creation, and what they send waits until all have started", () => {
    const flow = createFlow();
    const log: string[] = [];
    const relay = flow.relay<string>("greeted");
    const emit = relay.emitter();
    const make = (name: string) =>
      flow.actor<null, string>({
        name,
        initial: null,
        start: (ctx) => {
          ctx.listen(relay, (value) => value);
          log.push(`${name} starts`);
          ctx.send("own");
        },
        receive: (state, message) => {
          log.push(`${name} hears ${message}`);
          return state;
        },
      });
    make("a");
    make("b");
    flow.start();
    expect(log).toEqual(["a starts", "b starts", "a hears own", "b hears own"]);
    log.length = 0;
    make("c");
    expect(log).toEqual(["c starts", "c hears own"]);
    log.length = 0;
    emit("hello");
    expect(log).toEqual(["a hears hello", "b hears hello", "c hears hello"]);
  });

  it("D3 names are unique and start runs once", () => {
    const flow = createFlow();
    counter(flow, "one");
    flow.relay("said");
    expect(() => counter(flow, "one")).toThrow('there is an actor "one" already');
    expect(() => flow.stateRelay("said", 0)).toThrow('there is a relay "said" already');
    flow.start();
    expect(() => flow.start()).toThrow("started already");
  });
});

describe("ends and inspection", () => {
  it("D17 disposing an actor closes its scope, stops its listening and frees its name", () => {
    const clock = new SimulatedClock();
    const flow = createFlow({ clock });
    const relay = flow.relay<number>("counted");
    const emit = relay.emitter();
    let closed = 0;
    const define = () =>
      flow.actor<number, number>({
        name: "sum",
        initial: 0,
        start: (ctx) => {
          ctx.listen(relay, (n) => n);
          ctx.scope.defer(() => closed++);
          ctx.after(50, 1000);
        },
        receive: (sum, n) => sum + n,
      });
    const first = define();
    flow.start();
    emit(2);
    first[Symbol.dispose]();
    first[Symbol.dispose]();
    expect(closed).toBe(1);
    expect(clock.pending).toBe(0);
    const second = define();
    emit(3);
    expect(first.state).toBe(2);
    expect(second.state).toBe(3);
    expect(flow.snapshot().relays).toEqual([
      { name: "counted", kind: "relay", subscribers: 1, sent: 2, unheard: 0 },
    ]);
  });

  it("D17 disposing a flow ends all actors, last made first, and later sends are dropped visibly", () => {
    const flow = createFlow();
    const relay = flow.relay<number>("counted");
    const emit = relay.emitter();
    const actor = counter(flow, "one");
    counter(flow, "two");
    flow.start();
    const events = observed(flow);
    flow[Symbol.dispose]();
    flow[Symbol.dispose]();
    emit(1);
    expect(actor.send(1)).toBe(false);
    expect(events).toEqual([
      { time: 0, kind: "stopped", actor: "two" },
      { time: 0, kind: "stopped", actor: "one" },
      { time: 0, kind: "dropped", target: "counted", message: 1, reason: "stopped" },
      { time: 0, kind: "dropped", target: "one", message: 1, reason: "stopped" },
    ]);
    expect(() => counter(flow, "three")).toThrow("has ended");
  });

  it("D18 inspection is one stream of what happens, with the clock's time", async () => {
    const clock = new SimulatedClock(5);
    const flow = createFlow({ clock });
    const relay = flow.relay<number>("counted");
    const emit = relay.emitter();
    const events = observed(flow, (event) => event.time);
    flow.actor<number, number>({
      name: "sum",
      initial: 0,
      start: (ctx) => ctx.listen(relay, (n) => n),
      receive: (sum, n, ctx) => {
        if (n === 1) ctx.task("ask", async () => 10);
        if (n === 10) throw new Error("ten");
        return sum + n;
      },
    });
    flow.start();
    clock.advance(7);
    emit(1);
    await flow.settle();
    expect(events).toEqual([
      { time: 0, kind: "started", actor: "sum" },
      { time: 7, kind: "sent", relay: "counted", value: 1, subscribers: 1 },
      { time: 7, kind: "delivered", actor: "sum", message: 1 },
      { time: 7, kind: "taskStarted", actor: "sum", task: "ask" },
      { time: 7, kind: "taskEnded", actor: "sum", task: "ask", outcome: "done" },
      { time: 7, kind: "delivered", actor: "sum", message: 10 },
      { time: 7, kind: "failed", actor: "sum", error: new Error("ten") },
    ]);
  });

  it("D18 an inspector that throws changes nothing", () => {
    const reported: string[] = [];
    const flow = createFlow({
      onListenerError: (error, where) => reported.push(`${where}: ${String(error)}`),
    });
    flow.inspect(() => {
      throw new Error("inspector");
    });
    const actor = counter(flow, "one");
    flow.start();
    actor.send(4);
    expect(actor.state).toBe(4);
    expect(reported).toEqual([
      "a listener of the inspection stream: Error: inspector",
      "a listener of the inspection stream: Error: inspector",
    ]);
  });

  it("D19 a snapshot is plain data about every actor and relay", async () => {
    const flow = createFlow();
    const during: unknown[] = [];
    const release = deferred<void>();
    const actor = flow.actor<number, number>({
      name: "one",
      initial: 0,
      receive: (state, n, ctx) => {
        ctx.task("wait", () => release.promise);
        during.push(flow.snapshot().actors[0]?.state);
        if (n === 2) throw new Error("two");
        return state + n;
      },
    });
    flow.stateRelay("level", 1).emitter()(2);
    actor.send(1);
    expect(flow.snapshot()).toEqual({
      started: false,
      actors: [{ name: "one", state: { kind: "idle" }, mailbox: 1, tasks: 0, delivered: 0, dropped: 0 }],
      relays: [{ name: "level", kind: "state", subscribers: 0, sent: 1, unheard: 1 }],
    });
    flow.start();
    expect(during).toEqual([{ kind: "running" }]);
    expect(flow.snapshot().actors[0]).toMatchObject({ state: { kind: "idle" }, tasks: 1, delivered: 1 });
    actor.send(2);
    actor.send(3);
    release.resolve();
    await flow.settle();
    const snapshot = flow.snapshot();
    expect(snapshot.actors[0]).toEqual({
      name: "one",
      state: { kind: "failed", message: "Error: two" },
      mailbox: 0,
      tasks: 0,
      delivered: 2,
      dropped: 1,
    });
    expect(JSON.parse(JSON.stringify(snapshot))).toEqual(snapshot);
  });
});

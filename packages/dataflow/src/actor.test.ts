import { SimulatedClock } from "@novywave/base";
import { describe, expect, it } from "vitest";
import { createFlow } from "./index.js";
import { counter, deferred, observed } from "./testing/helpers.js";

describe("actors", () => {
  it("D4 the state is what receive returned, readable after a failure and after the end", () => {
    const flow = createFlow();
    const actor = flow.actor<readonly number[], number>({
      name: "list",
      initial: [],
      receive: (list, n) => {
        if (n < 0) throw new Error("negative");
        return [...list, n];
      },
    });
    flow.start();
    actor.send(1);
    actor.send(2);
    expect(actor.state).toEqual([1, 2]);
    actor.send(-1);
    expect(actor.state).toEqual([1, 2]);
    actor[Symbol.dispose]();
    expect(actor.state).toEqual([1, 2]);
  });

  it("D5 changed reports each new state once, after the message, and nothing for the same state", () => {
    const flow = createFlow();
    const actor = counter(flow, "sum");
    flow.start();
    const seen: [number, number][] = [];
    actor.changed((state) => seen.push([state, actor.state]));
    actor.send(1);
    actor.send(0);
    actor.send(2);
    expect(seen).toEqual([
      [1, 1],
      [3, 3],
    ]);
  });

  it("D6 delivery is first in, first out across actors and never re-enters a receive", () => {
    const flow = createFlow();
    const log: string[] = [];
    const b = flow.actor<null, string>({
      name: "b",
      initial: null,
      receive: (state, message) => {
        log.push(`b ${message}`);
        return state;
      },
    });
    const a = flow.actor<null, number>({
      name: "a",
      initial: null,
      receive: (state, n, ctx) => {
        log.push(`a ${n} in`);
        if (n > 0) {
          b.send(`first of ${n}`);
          ctx.send(n - 1);
          b.send(`second of ${n}`);
        }
        log.push(`a ${n} out`);
        return state;
      },
    });
    flow.start();
    a.send(1);
    expect(log).toEqual(["a 1 in", "a 1 out", "b first of 1", "a 0 in", "a 0 out", "b second of 1"]);
  });

  it("D7 a full mailbox drops visibly, and one that drained takes messages again", () => {
    const flow = createFlow({ mailboxCapacity: 3 });
    const roomy = counter(flow, "roomy");
    const small = counter(flow, "small", 2);
    const events = observed(flow);
    expect([1, 2, 3, 4].map((n) => roomy.send(n))).toEqual([true, true, true, false]);
    expect([1, 2, 3].map((n) => small.send(n))).toEqual([true, true, false]);
    expect(events).toEqual([
      { time: 0, kind: "dropped", target: "roomy", message: 4, reason: "overflow" },
      { time: 0, kind: "dropped", target: "small", message: 3, reason: "overflow" },
    ]);
    flow.start();
    expect([roomy.state, small.state]).toEqual([6, 3]);
    for (let i = 0; i < 500; i++) expect(small.send(1)).toBe(true);
    expect(small.state).toBe(503);
    expect(flow.snapshot().actors[1]?.dropped).toBe(1);
  });

  it("D8 a throw fails that actor only, with its cause, and closes its scope", () => {
    const clock = new SimulatedClock();
    const flow = createFlow({ clock });
    const relay = flow.relay<number>("counted");
    const emit = relay.emitter();
    const cause = new Error("three");
    let closed = 0;
    const weak = flow.actor<number, number>({
      name: "weak",
      initial: 0,
      start: (ctx) => {
        ctx.listen(relay, (n) => n);
        ctx.scope.defer(() => closed++);
        ctx.after(5, 1);
      },
      receive: (sum, n, ctx) => {
        ctx.send(100);
        if (n === 3) throw cause;
        return n === 100 ? sum : sum + n;
      },
    });
    const sturdy = flow.actor<number, number>({
      name: "sturdy",
      initial: 0,
      start: (ctx) => ctx.listen(relay, (n) => n),
      receive: (sum, n) => sum + n,
    });
    flow.actor<null, null>({
      name: "stillborn",
      initial: null,
      start: () => {
        throw new Error("no start");
      },
      receive: (state) => state,
    });
    const mapping = flow.actor<null, null>({
      name: "mapping",
      initial: null,
      start: (ctx) =>
        ctx.listen(relay, () => {
          throw new Error("no map");
        }),
      receive: (state) => state,
    });
    flow.start();
    const events = observed(flow);
    emit(3);
    expect(weak.failure).toBe(cause);
    expect(String(mapping.failure)).toBe("Error: no map");
    expect(closed).toBe(1);
    expect(clock.pending).toBe(0);
    expect(sturdy.state).toBe(3);
    expect(weak.send(4)).toBe(false);
    emit(5);
    expect(sturdy.state).toBe(8);
    expect(weak.state).toBe(0);
    expect(flow.snapshot().actors.map((actor) => actor.state.kind)).toEqual([
      "failed",
      "idle",
      "failed",
      "failed",
    ]);
    expect(events.filter((event) => event.kind === "failed" || event.kind === "dropped")).toEqual([
      { time: 0, kind: "failed", actor: "mapping", error: new Error("no map") },
      { time: 0, kind: "failed", actor: "weak", error: cause },
      { time: 0, kind: "dropped", target: "weak", message: 100, reason: "failed" },
      { time: 0, kind: "dropped", target: "weak", message: 4, reason: "failed" },
    ]);
  });
});

describe("effects and time", () => {
  it("D13 a task's result comes back as a message, also when the mailbox is full", async () => {
    const flow = createFlow();
    const gate = deferred<void>();
    const actor = flow.actor<readonly string[], string>({
      name: "asker",
      initial: [],
      capacity: 1,
      receive: (heard, message, ctx) => {
        if (message === "ask") {
          ctx.task("one", () => gate.promise.then(() => "answer one"));
          ctx.task("two", () => gate.promise.then(() => "answer two"));
          ctx.task("silent", () => gate.promise);
        }
        return [...heard, message];
      },
    });
    flow.start();
    actor.send("ask");
    gate.resolve();
    await flow.settle();
    expect(actor.state).toEqual(["ask", "answer one", "answer two"]);
  });

  it("D13 a rejection goes through onError, and without one it fails the actor", async () => {
    const flow = createFlow();
    const actor = flow.actor<readonly string[], "mapped" | "bare" | `error ${string}`>({
      name: "asker",
      initial: [],
      receive: (heard, message, ctx) => {
        if (message === "mapped")
          ctx.task(
            "mapped",
            () => {
              throw new Error("at once");
            },
            (error) => `error ${String(error)}`,
          );
        if (message === "bare") ctx.task("bare", () => Promise.reject(new Error("later")));
        return [...heard, message];
      },
    });
    flow.start();
    actor.send("mapped");
    await flow.settle();
    expect(actor.state).toEqual(["mapped", "error Error: at once"]);
    actor.send("bare");
    await flow.settle();
    expect(String(actor.failure)).toBe("Error: later");
  });

  it("D14 tasks of an actor that ends are aborted and ignored; those that ended before never abort", async () => {
    const flow = createFlow();
    const gate = deferred<string>();
    const signals: AbortSignal[] = [];
    const actor = flow.actor<readonly string[], string>({
      name: "asker",
      initial: [],
      receive: (heard, message, ctx) => {
        if (message === "quick")
          ctx.task("quick", async (signal) => {
            signals.push(signal);
          });
        if (message === "slow")
          ctx.task("slow", (signal) => {
            signals.push(signal);
            return gate.promise;
          });
        return [...heard, message];
      },
    });
    const events = observed(flow);
    flow.start();
    actor.send("quick");
    await flow.settle();
    actor.send("slow");
    actor[Symbol.dispose]();
    expect(signals.map((signal) => signal.aborted)).toEqual([false, true]);
    gate.resolve("too late");
    await flow.settle();
    expect(actor.state).toEqual(["quick", "slow"]);
    expect(events.at(-1)).toEqual({
      time: 0,
      kind: "taskEnded",
      actor: "asker",
      task: "slow",
      outcome: "aborted",
    });
  });

  it("D15 time comes from the flow's clock and a timer can be cancelled", () => {
    const clock = new SimulatedClock(1000);
    const flow = createFlow({ clock });
    const actor = flow.actor<readonly string[], string>({
      name: "timer",
      initial: [],
      start: (ctx) => {
        ctx.after(20, "late");
        ctx.after(10, "early");
        ctx.after(15, "cancelled")[Symbol.dispose]();
      },
      receive: (heard, message, ctx) => [...heard, `${message} ${ctx.clock.now()}`],
    });
    flow.start();
    clock.advance(9);
    expect(actor.state).toEqual([]);
    clock.advance(11);
    expect(actor.state).toEqual(["early 1010", "late 1020"]);
  });

  it("D16 settle waits for messages and tasks, aborted ones too, and not for timers", async () => {
    const clock = new SimulatedClock();
    const flow = createFlow({ clock });
    await expect(flow.settle()).rejects.toThrow("settles only after it was started");
    const gates = [deferred<number>(), deferred<number>()];
    const actor = flow.actor<number, number>({
      name: "sum",
      initial: 0,
      start: (ctx) => {
        ctx.after(1, 1000);
      },
      receive: (sum, n, ctx) => {
        const gate = gates[n];
        if (gate) ctx.task("wait", () => gate.promise);
        return sum + n;
      },
    });
    flow.start();
    await flow.settle();
    let settled = false;
    actor.send(0);
    const first = flow.settle().then(() => (settled = true));
    gates[0]?.resolve(1); // whose delivery begins the second task
    await Promise.resolve();
    await Promise.resolve();
    await Promise.resolve();
    await Promise.resolve();
    await Promise.resolve();
    expect(actor.state).toBe(1);
    expect(settled).toBe(false);
    actor[Symbol.dispose]();
    await Promise.resolve();
    expect(settled).toBe(false);
    gates[1]?.resolve(5);
    await first;
    expect(actor.state).toBe(1);
  });
});

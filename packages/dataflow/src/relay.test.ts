import { describe, expect, it } from "vitest";
import { createFlow } from "./index.js";
import { observed } from "./testing/helpers.js";

describe("relays", () => {
  it("D9 a relay has one emitter", () => {
    const flow = createFlow();
    const relay = flow.relay<number>("counted");
    relay.emitter();
    expect(() => relay.emitter()).toThrow('relay "counted" has its emitter already');
  });

  it("D10 a value that nobody hears is visible in inspection and in the snapshot", () => {
    const flow = createFlow();
    const relay = flow.relay<number>("counted");
    const emit = relay.emitter();
    const events = observed(flow);
    flow.start();
    emit(1);
    const heard: number[] = [];
    const subscription = relay.subscribe((n) => heard.push(n));
    emit(2);
    subscription[Symbol.dispose]();
    emit(3);
    expect(heard).toEqual([2]);
    expect(events.filter((event) => event.kind === "dropped")).toEqual([
      { time: 0, kind: "dropped", target: "counted", message: 1, reason: "no-listener" },
      { time: 0, kind: "dropped", target: "counted", message: 3, reason: "no-listener" },
    ]);
    expect(flow.snapshot().relays).toEqual([
      { name: "counted", kind: "relay", subscribers: 0, sent: 3, unheard: 2 },
    ]);
  });

  it("D11 a state relay gives late subscribers the current value and skips equal ones", () => {
    const flow = createFlow();
    const level = flow.stateRelay("level", 1);
    const point = flow.stateRelay("point", { x: 1 }, { equal: (a, b) => a.x === b.x });
    const emitLevel = level.emitter();
    const emitPoint = point.emitter();
    emitLevel(2);
    const levels: number[] = [];
    const points: number[] = [];
    level.subscribe((n) => levels.push(n));
    point.subscribe((p) => points.push(p.x));
    emitLevel(2);
    emitLevel(3);
    emitPoint({ x: 1 });
    emitPoint({ x: 4 });
    expect(levels).toEqual([2, 3]);
    expect(points).toEqual([1, 4]);
    expect(level.current).toBe(3);
    expect(point.current).toEqual({ x: 4 });
  });

  it("D11 an actor that listens to a state relay begins with the current value", () => {
    const flow = createFlow();
    const level = flow.stateRelay("level", 7);
    const actor = flow.actor<readonly number[], number>({
      name: "listener",
      initial: [],
      start: (ctx) => ctx.listen(level, (n) => n),
      receive: (heard, n) => [...heard, n],
    });
    flow.start();
    level.emitter()(8);
    expect(actor.state).toEqual([7, 8]);
  });

  it("D12 subscribers are called synchronously and in order, and one that throws harms nobody", () => {
    const reported: string[] = [];
    const flow = createFlow({
      onListenerError: (error, where) => reported.push(`${where}: ${String(error)}`),
    });
    const relay = flow.relay<number>("counted");
    const emit = relay.emitter();
    const seen: string[] = [];
    relay.subscribe((n) => seen.push(`first ${n}`));
    relay.subscribe(() => {
      throw new Error("second");
    });
    relay.subscribe((n) => seen.push(`third ${n}`));
    emit(1);
    seen.push("emitted");
    expect(seen).toEqual(["first 1", "third 1", "emitted"]);
    expect(reported).toEqual(['a listener of relay "counted": Error: second']);
  });
});

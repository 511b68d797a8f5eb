import { describe, expect, it } from "vitest";
import { EventQueue } from "./event-queue.js";
import type { GuestEvent } from "./guest-event.js";

const change = (subscriptionId: bigint, ...paths: string[]): GuestEvent => ({
  tag: "filesystem-change",
  val: { subscriptionId, paths },
});
const tick: GuestEvent = { tag: "tick" };
const drain = (queue: EventQueue): GuestEvent[] => {
  const events: GuestEvent[] = [];
  for (let next = queue.shift(); next; next = queue.shift()) events.push(next.event);
  return events;
};

describe("R5.3 events that wait for the guest", () => {
  it("changes of one subscription are merged: sorted, once each", () => {
    const queue = new EventQueue(10, () => []);
    for (const event of [change(1n, "/b", "/c"), change(2n, "/x"), change(1n, "/a", "/b")]) queue.push(event);
    expect(drain(queue)).toEqual([change(1n, "/a", "/b", "/c"), change(2n, "/x")]);
  });

  it("of configurations only the newest counts, ticks stay apart", () => {
    const queue = new EventQueue(10, () => []);
    queue.push({ tag: "config-updated", val: [{ key: "a", value: "1" }] });
    queue.push(tick);
    queue.push(tick);
    queue.push({ tag: "config-updated", val: [{ key: "a", value: "2" }] });
    expect(drain(queue)).toEqual([{ tag: "config-updated", val: [{ key: "a", value: "2" }] }, tick, tick]);
  });

  it("more changes than fit are told as the folders that are watched", () => {
    const queue = new EventQueue(10, (id) => [`/watched/${id}`]);
    const many = Array.from({ length: 6_000 }, (_, n) => `/watched/${n}`);
    queue.push(change(3n, ...many));
    queue.push(change(3n, ...many.map((path) => `${path}.new`)));
    expect(drain(queue)).toEqual([change(3n, "/watched/3")]);
  });

  it("is bounded, and says so to the one who waits", () => {
    const queue = new EventQueue(1, () => []);
    expect(queue.push(tick)).toBe(true);
    const told: unknown[] = [];
    expect(queue.push(tick, (result) => told.push(result))).toBe(false);
    expect(told).toEqual([{ ok: false, error: expect.objectContaining({ code: "limit" }) }]);
  });

  it("a change that is still checked keeps its place, or gives it up", () => {
    const queue = new EventQueue(10, () => []);
    const first = queue.keepPlace(1n);
    queue.push(tick);
    const second = queue.keepPlace(2n);
    queue.push(change(1n, "/late"));
    expect(drain(queue)).toEqual([]);
    first?.(["/first"]);
    expect(queue.shift()?.event).toEqual(change(1n, "/first", "/late"));
    expect(drain(queue)).toEqual([tick]);
    second?.([]);
    expect(queue.length).toBe(0);
  });

  it("one that will be merged needs no room", () => {
    const queue = new EventQueue(1, () => []);
    queue.push(change(1n, "/a"));
    expect(queue.keepPlace(2n)).toBeUndefined();
    queue.keepPlace(1n)?.(["/b"]);
    expect(drain(queue)).toEqual([change(1n, "/a", "/b")]);
  });

  it("all who wait for merged events are told", () => {
    const queue = new EventQueue(1, () => []);
    const told: string[] = [];
    queue.push(change(1n, "/a"), () => told.push("first"));
    queue.push(change(1n, "/b"), () => told.push("second"));
    queue.shift()?.settle({ ok: true, value: undefined });
    expect(told).toEqual(["first", "second"]);
  });

  it("what is cleared is told why", () => {
    const queue = new EventQueue(2, () => []);
    const told: unknown[] = [];
    queue.push(tick, (result) => told.push(result.ok));
    queue.clear({ code: "trap", message: "" });
    expect(told).toEqual([false]);
    expect(queue.length).toBe(0);
  });
});

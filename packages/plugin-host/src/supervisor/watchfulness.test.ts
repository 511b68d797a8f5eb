import { once } from "node:events";
import { MessageChannel } from "node:worker_threads";
import { describe, expect, it } from "vitest";
import type { ToWorker } from "../wire/worker-messages.js";
import { readInbox } from "./inbox.js";
import { Watchfulness } from "./watchfulness.js";

describe("a thread that waits for another", () => {
  it("looks while things come closely, and sleeps where they do not", () => {
    const watchfulness = new Watchfulness(2);
    expect(watchfulness.worthwhile(0.1)).toBe(true);
    expect(watchfulness.worthwhile(1)).toBe(false);
    expect(watchfulness.worthwhile(Infinity)).toBe(false);
    expect(watchfulness.worthwhile(0.1)).toBe(true);
  });

  it("does not look for a while after it was in vain again and again", () => {
    const watchfulness = new Watchfulness(2);
    for (let round = 0; round < 2; round++) {
      for (let missed = 0; missed < 8; missed++) {
        expect(watchfulness.worthwhile(0.1)).toBe(true);
        watchfulness.missed();
      }
      const looks = Array.from({ length: 65 }, () => watchfulness.worthwhile(0.1));
      expect(looks.indexOf(true)).toBe(64);
    }
  });

  it("goes on looking while most is found", () => {
    const watchfulness = new Watchfulness(2);
    for (let time = 0; time < 100; time++) {
      expect(watchfulness.worthwhile(0.1)).toBe(true);
      if (time % 7 === 0) watchfulness.found();
      else watchfulness.missed();
    }
  });
});

const bytes = (value: number): Uint8Array<ArrayBuffer> => Uint8Array.of(value);

describe("the inbox of a worker", () => {
  it("gets every message once and in order, whether it looks for it or is woken", async () => {
    const { port1, port2 } = new MessageChannel();
    const got: number[] = [];
    const more = [2, 3, 4];
    readInbox(port2, 2, (message: ToWorker) => {
      if (!(message instanceof Uint8Array)) return;
      got.push(message[0] ?? -1);
      // Sent while it reads: it is there when it looks again.
      const next = more.shift();
      if (next !== undefined) port1.postMessage(bytes(next));
    });
    for (const value of [0, 1]) port1.postMessage(bytes(value));
    const closed = once(port2, "close");
    while (got.length < 5) await new Promise((resolve) => setImmediate(resolve));
    port1.postMessage(bytes(5));
    while (got.length < 6) await new Promise((resolve) => setImmediate(resolve));
    port1.close();
    await closed;
    expect(got).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it("reads what lies there at once", () => {
    const { port1, port2 } = new MessageChannel();
    const got: number[] = [];
    for (const value of [0, 1]) port1.postMessage(bytes(value));
    readInbox(port2, 2, (message: ToWorker) => {
      if (message instanceof Uint8Array) got.push(message[0] ?? -1);
    });
    expect(got).toEqual([0, 1]);
    port1.close();
  });
});

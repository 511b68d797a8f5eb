import { ok, systemClock } from "@novywave/base";
import { describe, expect, it } from "vitest";
import type { PublishedEvent } from "../host/types.js";
import { defaultLimits, withDefaults } from "../limits.js";
import { Authoriser } from "./authorise.js";
import { LoggingBroker } from "./logging.js";
import { PublishBroker } from "./publish.js";

const make = (limits = defaultLimits) => {
  const grant = {
    pluginId: "t.t",
    capabilities: new Set(["relay"] as const),
    folders: ["/nowhere"],
    channels: new Set(["log", "discovery"]),
  };
  const published: PublishedEvent[] = [];
  const logging = new LoggingBroker("t.t", limits, systemClock, () => {});
  const broker = new PublishBroker(
    "t.t",
    new Authoriser(grant, "/nowhere", systemClock, () => {}),
    limits,
    (text) => logging.take(text),
    (event) => {
      published.push(event);
      return ok();
    },
  );
  return { broker, published, logging };
};

describe("publishing", () => {
  it("R4.3 the channel `log` is no way around the limit of the log", async () => {
    const { broker, published, logging } = make(withDefaults({ logBytesPerMinute: 10_000 }));
    const log = () => broker.publish("log", { tag: "log", val: "x".repeat(1_000) });
    for (let count = 0; count < 100; count++) await log();
    expect(published.length).toBeLessThan(12);
    expect(logging.dropped).toBeGreaterThan(85);
    expect(await log()).toMatchObject({
      kind: "err",
      payload: { tag: "limit-reached", val: expect.stringContaining("log_bytes_per_minute") },
    });
  });

  it("ends with its plugin: paths that nobody waits for are not looked up, and nothing is told", async () => {
    const { broker, published } = make();
    const discovered = Array.from({ length: 100_000 }, (_, n) => `/nowhere/${n}`);
    const publishing = broker.publish("discovery", { tag: "discovery", val: { pluginId: "", discovered } });
    broker[Symbol.dispose]();
    const startedAt = performance.now();
    await publishing;
    expect(performance.now() - startedAt).toBeLessThan(1_000);
    expect(published).toEqual([]);
  });
});

import { SimulatedClock } from "@novywave/base";
import { describe, expect, it } from "vitest";
import type { PluginLogRecord } from "../host/types.js";
import { withDefaults } from "../limits.js";
import { LoggingBroker } from "./logging.js";

const make = (logBytesPerMinute: number) => {
  const clock = new SimulatedClock();
  const records: PluginLogRecord[] = [];
  const limits = withDefaults({ logBytesPerMinute });
  const broker = new LoggingBroker("t.t", limits, clock, (record) => records.push(record));
  return { clock, records, broker };
};

describe("R4.3 the log of a plugin is bounded", () => {
  it("empty messages, one a millisecond, do not get more records into the log than the limit pays for", () => {
    const { clock, records, broker } = make(64 * 1024);
    for (let ms = 0; ms < 60_000; ms++) {
      broker.log("info", "");
      clock.advance(1);
    }
    // Twice the limit at most: what the bucket held at first, and what a minute fills into it.
    expect(records.length * 64).toBeLessThan(2 * 64 * 1024 + 64 * 30);
    expect(records.filter(({ message }) => message.includes("dropped")).length).toBeLessThan(30);
    expect(broker.dropped).toBeGreaterThan(50_000);
  });

  it("what was dropped is said once there is room again", () => {
    const { clock, records, broker } = make(1_000);
    for (let count = 0; count < 20; count++) broker.log("info", "x".repeat(36));
    expect(records.map(({ level }) => level)).toEqual([...Array<string>(10).fill("info"), "warn"]);
    clock.advance(60_000);
    broker.log("error", "y");
    expect(records.slice(-2)).toMatchObject([
      { level: "warn", message: "10 log messages were dropped" },
      { level: "error", message: "y" },
    ]);
  });
});

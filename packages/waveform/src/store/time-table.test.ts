import { describe, expect, it } from "vitest";
import { TimeTable } from "./time-table.js";

/** More than three pages. */
const COUNT = 210_000;

/** A table of times, and the same compacted now and then while it grows. */
function tables(times: (i: number) => bigint): [TimeTable, TimeTable] {
  const plain = new TimeTable();
  const compact = new TimeTable();
  for (let i = 0; i < COUNT; i++) {
    const time = times(i);
    for (const table of [plain, compact]) table.push(Number(time >> 32n), Number(time & 0xffffffffn));
    if (i % 50_001 === 0) compact.compact();
  }
  compact.compact();
  return [plain, compact];
}

describe("a table of times in less memory", () => {
  it.each<[string, (i: number) => bigint, number]>([
    ["equal steps", (i) => BigInt(i) * 5_000n, 0.3],
    ["equal steps over 2^32", (i) => 2n ** 32n - 5n + BigInt(i) * 65_535n, 0.3],
    ["other steps", (i) => BigInt(i) * 10n + BigInt(i % 7), 0.7],
    ["other steps over 2^63", (i) => 2n ** 63n - 100_000n + BigInt(i) * 3n + BigInt(i % 3), 0.7],
    ["steps beyond 32 bits", (i) => BigInt(i) * 2n ** 40n, 1],
  ])("with %s is the same table", (_, times, share) => {
    const [plain, compact] = tables(times);
    expect(compact.length).toBe(COUNT);
    expect(compact.bytes / plain.bytes).toBeLessThanOrEqual(share);
    for (let i = 0; i < COUNT; i += 997) {
      const time = times(i);
      expect(compact.at(i)).toBe(time);
      for (const near of [time - 1n, time, time + 1n]) {
        if (near < 0n) continue;
        const [high, low] = [Number(near >> 32n), Number(near & 0xffffffffn)];
        expect(compact.lowerBound(high, low)).toBe(plain.lowerBound(high, low));
        expect(compact.is(i, high, low)).toBe(near === time);
      }
    }
  });

  it("takes over the times of another", () => {
    const table = new TimeTable();
    const all: bigint[] = [];
    for (let part = 0; part < 4; part++) {
      const other = new TimeTable();
      for (let i = 0; i < 70_000; i++) {
        // The first time of each part is the last one of the part before.
        const time = BigInt(part * 69_999 + i) * 3n;
        other.push(0, Number(time));
        if (part === 0 || i > 0) all.push(time);
      }
      expect(table.adopt(other.handOver())).toBe(part * 69_999);
      table.compact();
    }
    expect(table.length).toBe(all.length);
    for (let i = 0; i < all.length; i += 1_001) expect(table.at(i)).toBe(all[i]);
  });
});

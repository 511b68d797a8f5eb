import { describe, expect, it } from "vitest";
import { Latest } from "./latest.js";

describe("latest", () => {
  it("has one job in flight and skips all but the newest of those that wait", async () => {
    const started: number[] = [];
    const finish: (() => void)[] = [];
    const latest = new Latest<number>((job) => {
      started.push(job);
      return new Promise((resolve) => finish.push(resolve));
    });
    for (const job of [1, 2, 3, 4]) latest.want(job);
    expect(started).toEqual([1]);
    finish[0]?.();
    await Promise.resolve();
    await Promise.resolve();
    expect(started).toEqual([1, 4]);
    expect(latest.busy).toBe(true);
    finish[1]?.();
    await Promise.resolve();
    await Promise.resolve();
    expect(latest.busy).toBe(false);
  });
});

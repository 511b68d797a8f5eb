import { describe, expect, it } from "vitest";
import { LruCache } from "./lru-cache.js";

describe("a cache of what was looked at lately", () => {
  it("gives up what was looked at longest ago when it gets too large, and makes it again", () => {
    const made: number[] = [];
    const cache = new LruCache<{ bytes: number; key: number }>(100);
    const get = (key: number) =>
      cache.get(key, () => {
        made.push(key);
        return { bytes: 40, key };
      });
    for (const key of [1, 2, 1, 3, 1, 2]) expect(get(key).key).toBe(key);
    expect(made).toEqual([1, 2, 3, 2]);
    cache.delete(2);
    get(1);
    get(2);
    expect(made).toEqual([1, 2, 3, 2, 2]);
  });

  it("keeps what is too large alone as long as nothing else is asked for", () => {
    let made = 0;
    const cache = new LruCache<{ bytes: number; made: number }>(10);
    const get = (key: number) => cache.get(key, () => ({ bytes: 1_000, made: made++ })).made;
    expect([get(1), get(1), get(2), get(1)]).toEqual([0, 0, 1, 2]);
  });
});

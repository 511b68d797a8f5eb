import { err, ok } from "@novywave/base";
import { describe, expect, it } from "vitest";
import { PagedList } from "./paged-list.js";

describe("paged list", () => {
  it("holds 400 000 items by fetching only the pages that are looked at", async () => {
    const asked: number[] = [];
    const list = new PagedList<number>((offset, limit) => {
      asked.push(offset);
      return Promise.resolve(
        ok({ total: 400_000, items: Array.from({ length: limit }, (_, index) => offset + index) }),
      );
    });
    expect(list.total).toBeUndefined();
    list.ensure(399_990, 399_999);
    list.ensure(399_990, 399_999);
    await Promise.resolve();
    await Promise.resolve();
    expect(asked).toEqual([399_800]);
    expect(list.total).toBe(400_000);
    expect(list.at(399_995)).toBe(399_995);
    expect(list.at(0)).toBeUndefined();
    expect(await list.range(10, 12)).toEqual([10, 11, 12]);
    asked.length = 0;
    expect(await list.first(2, (item) => item >= 250)).toEqual([250, 251]);
    expect(asked).toEqual([0, 200]);
  });

  it("says what went wrong and asks again the next time", async () => {
    let fail = true;
    const list = new PagedList<number>(() =>
      Promise.resolve(fail ? err({ code: "internal", message: "no" }) : ok({ total: 1, items: [7] })),
    );
    list.ensure(0, 0);
    await Promise.resolve();
    await Promise.resolve();
    expect(list.error).toBe("no");
    fail = false;
    list.ensure(0, 0);
    await Promise.resolve();
    await Promise.resolve();
    expect(list.error).toBeUndefined();
    expect(list.at(0)).toBe(7);
  });
});

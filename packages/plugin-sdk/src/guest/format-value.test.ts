import { describe, expect, it } from "vitest";
import { formatValues } from "./format-value.js";

const text = (...values: readonly unknown[]): string => formatValues(values);

describe("what console.log makes of its arguments", () => {
  it("shows texts as they are, several with a space between", () => {
    expect(text("found", 3, "files", true, null, undefined, -0, 5n, Symbol("s"))).toBe(
      "found 3 files true null undefined -0 5n Symbol(s)",
    );
    expect(text()).toBe("");
  });

  it("shows what objects hold", () => {
    class Point {
      x = 1;
      get far() {
        return true;
      }
    }
    expect(text({ a: [1, "two", { b: {} }], "c-d": () => 1 })).toBe(
      '{ a: [1, "two", { b: {} }], "c-d": [Function c-d] }',
    );
    expect(text(new Point(), Object.create(null))).toBe("Point { x: 1 } {}");
    expect(text(new Map([["a", new Set([1])]]), new Uint8Array([1, 2]))).toBe(
      'Map { "a" => Set { 1 } } Uint8Array [1, 2]',
    );
    expect(
      text(new Date(0), new Date(Number.NaN), /x/g, {
        get y() {
          return 1;
        },
      }),
    ).toBe("1970-01-01T00:00:00.000Z Invalid Date /x/g { y: [Getter] }");
  });

  it("shows errors with their stack and what caused them", () => {
    const error = new TypeError("bad", { cause: new Error("deeper") });
    error.stack = "    at init (index.ts:3:1)\n";
    expect(text("failed:", error)).toMatch(
      /^failed: TypeError: bad\n {4}at init \(index\.ts:3:1\)\nCaused by: Error: deeper\n {4}at /,
    );
  });

  it("ends, and throws nothing, whatever it is given", () => {
    const round: Record<string, unknown> = { deep: { deep: { deep: { deep: {} } } } };
    round["self"] = round;
    expect(text(round)).toBe("{ deep: { deep: { deep: { deep: [Object] } } }, self: [Circular] }");
    const wide = Array.from({ length: 200 }, () => Array.from({ length: 200 }, () => "x"));
    expect(text(wide).length).toBeLessThan(10_000);
    const hostile = new Proxy(
      {},
      {
        ownKeys: () => {
          throw new Error("no");
        },
      },
    );
    expect(text(hostile, "after")).toBe("[Object that cannot be shown] after");
  });
});

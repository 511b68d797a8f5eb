import { readFile } from "node:fs/promises";
import path from "node:path";
import { compile, instantiate, ResultError, type Component, type Instance } from "@novywave/component-engine";
import { beforeAll, describe, expect, test } from "vitest";
import { repository } from "../support/novywave.js";

const host = "test:c-guest/host@1.0.0";
const values = "test:c-guest/values@1.0.0";

function ask(instance: Instance, name: string, ...args: readonly unknown[]): unknown {
  const holder = instance.exports[values];
  const func: unknown = typeof holder === "object" && holder !== null ? Reflect.get(holder, name) : undefined;
  if (typeof func !== "function") throw new Error(`there is no export ${name}`);
  return Reflect.apply(func, undefined, args) as unknown;
}

describe("a component from C, made by clang without bindings (fixtures/c-guest)", () => {
  let component: Component;
  beforeAll(async () => {
    component = await compile(
      await readFile(path.join(repository, "packages/component-engine/fixtures/c-guest/guest.wasm")),
    );
  });

  function start(find: (names: string[]) => unknown = () => ({ x: 0, y: 0 })): Instance {
    return instantiate(component, { [host]: { find } });
  }
  test("scalars, chars, flags and enums", () => {
    const instance = start();
    expect(ask(instance, "add", -(2n ** 62n), 255)).toBe(-(2n ** 62n) + 255n);
    expect(ask(instance, "next", "🐎")).toBe("\u{1f40f}");
    expect(ask(instance, "toggle", { read: true, execute: true })).toEqual({
      read: false,
      write: true,
      execute: false,
    });
    expect(ask(instance, "rotate", "blue")).toBe("red");
    expect(() => ask(instance, "next", "\ud7ff")).toThrow(/is no char/);
  });

  test("strings and lists in, strings out, thousands of times in one memory", () => {
    const instance = start();
    const long = "abcdefghij".repeat(1_000);
    for (let i = 0; i < 2_000; i++)
      expect(ask(instance, "reverse", `${i}${long}`)).toHaveLength(long.length + `${i}`.length);
    expect(ask(instance, "reverse", "")).toBe("");
    expect(ask(instance, "sum", Uint32Array.of(0xffffffff, 0xffffffff))).toBe(0x1fffffffen);
    expect(ask(instance, "sum", [])).toBe(0n);
    expect(instance.memoryBytes).toBeLessThan(1 << 20);
  });

  test("cases of a variant whose payloads share slots of different types", () => {
    const instance = start();
    expect(ask(instance, "area", { tag: "circle", val: 1.5 })).toBe(6.75);
    const points = [
      { x: 2, y: 1.5 },
      { x: -4, y: 0.25 },
    ];
    expect(ask(instance, "area", { tag: "polygon", val: points })).toBe(2);
    expect(ask(instance, "area", { tag: "nothing" })).toBeUndefined();
    expect(ask(instance, "area", { tag: "tag", val: 2n ** 63n })).toBe(2 ** 63);
  });

  test("results, and parameters that do not fit 16 core values", () => {
    const instance = start();
    expect(ask(instance, "halve", 42)).toBe(21);
    expect(() => ask(instance, "halve", 41)).toThrow(new ResultError("odd"));
    const many: unknown[] = [1, 2, 3, 4n, -5, -6, -7, -8n, 1.5, -2.5, true, "a", "sum ", 9, [10, 1_000]];
    expect(ask(instance, "many", ...many)).toBe("sum 1100");
    expect(ask(instance, "many", ...many.with(13, undefined))).toBe("sum 2091");
  });

  test("the host is called with what the guest was given, and its answer or error comes back", () => {
    const asked: string[][] = [];
    const instance = start((names) => {
      asked.push(names);
      if (names.length === 0) throw new ResultError("nobody to find");
      return { x: names.length, y: 0.5 };
    });
    expect(ask(instance, "ask", ["žluťoučký", "", "🐎"])).toBe(3.5);
    expect(() => ask(instance, "ask", [])).toThrow(new ResultError("nobody to find"));
    expect(ask(instance, "ask", ["one"])).toBe(1.5);
    expect(asked).toEqual([["žluťoučký", "", "🐎"], [], ["one"]]);
  });
});

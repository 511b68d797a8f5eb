import { readFile } from "node:fs/promises";
import path from "node:path";
import { compile, instantiate, type Instance } from "@novywave/component-engine";
import { INTERFACES } from "@novywave/contract";
import { describe, expect, it } from "vitest";
import { repository } from "../support/novywave.js";

const artifact = path.join(repository, "plugins/dist/hello_world_plugin.wasm");

function call(instance: Instance, name: string, ...args: readonly unknown[]): unknown {
  const smoke = instance.exports[INTERFACES.smoke];
  const func: unknown = typeof smoke === "object" && smoke !== null ? Reflect.get(smoke, name) : undefined;
  if (typeof func !== "function") throw new Error(`there is no export ${name}`);
  return Reflect.apply(func, undefined, args) as unknown;
}

describe("a component made from TypeScript, straight through the engine", () => {
  it("runs: compile, instantiate, init, greet, shutdown", { timeout: 60_000 }, async () => {
    const component = await compile(await readFile(artifact));
    expect(component.coreModuleCount).toBeGreaterThan(1);
    const needed = component.imports.flatMap((item) => (item.kind === "instance" ? item.type.functions : []));
    expect(needed).toEqual([]);

    const instance = instantiate(component, {});
    const metadata = call(instance, "init", [{ key: "greeting", value: JSON.stringify("žluťoučký kůň 🐎") }]);
    expect(metadata).toMatchObject({ description: expect.stringContaining("žluťoučký kůň 🐎") as unknown });
    expect(call(instance, "greet")).toBeUndefined();
    expect(call(instance, "shutdown")).toBeUndefined();
    expect(instance.poisoned).toBeUndefined();
    expect(instance.memoryBytes).toBeGreaterThan(0);
  });

  it("two instances of one component share no memory", { timeout: 60_000 }, async () => {
    const component = await compile(await readFile(artifact));
    const [first, second] = [instantiate(component, {}), instantiate(component, {})];
    const greet = (instance: Instance, greeting: string): unknown =>
      call(instance, "init", [{ key: "greeting", value: JSON.stringify(greeting) }]);
    expect(greet(first, "one")).toMatchObject({ description: expect.stringContaining("one") as unknown });
    expect(greet(second, "two")).toMatchObject({ description: expect.stringContaining("two") as unknown });
    expect(call(first, "shutdown")).toBeUndefined();
    expect(call(second, "greet")).toBeUndefined();
  });
});

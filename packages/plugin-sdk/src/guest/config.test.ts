import { describe, expect, it } from "vitest";
import { InvalidConfigError, PluginConfig } from "./config.js";

describe("PluginConfig", () => {
  it("reads JSON text by key, as the host passes it", () => {
    const config = PluginConfig.fromData([
      { key: "greeting", value: '"NovyWave"' },
      { key: "depth", value: "3" },
      { key: "__proto__", value: '{"x":1}' },
    ]);
    expect(config.string("greeting", "")).toBe("NovyWave");
    expect(config.integer("depth", { default: 0, min: 0, max: 5 })).toBe(3);
    expect(config.get("__proto__")).toEqual({ x: 1 });
    expect(config.has("toString")).toBe(false);
  });

  it("gives the default for what is absent", () => {
    const config = new PluginConfig({});
    expect(config.strings("a", ["x"])).toEqual(["x"]);
    expect(config.boolean("b", true)).toBe(true);
    expect(config.integer("c", { default: undefined, min: 0, max: 1 })).toBeUndefined();
  });

  it.each([
    ["string", (c: PluginConfig) => c.string("k", ""), "a text"],
    ["boolean", (c: PluginConfig) => c.boolean("k", false), "true or false"],
    ["strings", (c: PluginConfig) => c.strings("k", []), "a list of strings"],
    [
      "integer",
      (c: PluginConfig) => c.integer("k", { default: 0, min: 0, max: 9 }),
      "a whole number from 0 to 9",
    ],
  ])("R9.3 %s names the key and what was expected", (_, read, expected) => {
    for (const value of [10.5, null, { a: 1 }, [1]]) {
      const config = new PluginConfig({ k: value ?? {} });
      expect(() => read(config)).toThrow(new InvalidConfigError("k", expected));
    }
  });
});

import { PluginConfig } from "@novywave/plugin-sdk/config";
import { describe, expect, it } from "vitest";
import { greetingOf } from "../src/greeting.js";

describe("hello_world", () => {
  it("R7.1 puts the configured greeting into its message", () => {
    expect(greetingOf(new PluginConfig({ greeting: "the lab" }))).toBe("Hello from the lab");
  });

  it("R7.1 greets from NovyWave when nothing is configured", () => {
    expect(greetingOf(new PluginConfig({}))).toBe("Hello from NovyWave");
  });

  it("refuses a greeting that is no text", () => {
    expect(() => greetingOf(new PluginConfig({ greeting: 7 }))).toThrow(
      "invalid config key `greeting`: expected a text",
    );
  });
});

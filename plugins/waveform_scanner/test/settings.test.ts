import { PluginConfig } from "@novywave/plugin-sdk/config";
import { describe, expect, it } from "vitest";
import { readSettings } from "../src/settings.js";

describe("waveform_scanner settings", () => {
  it("R7.2 looks for all three formats in the workspace when nothing is configured", () => {
    expect(readSettings(new PluginConfig({}))).toEqual({
      extensions: ["vcd", "fst", "ghw", "vcd.gz", "fst.gz", "ghw.gz"],
      directories: ["."],
      maxDepth: undefined,
      exclude: [],
      debounceMs: 250,
    });
  });

  it("R7.2 takes extensions with or without a dot, in any case, once each", () => {
    const { extensions } = readSettings(new PluginConfig({ extensions: [".VCD", "vcd", "Fst"] }));
    expect(extensions).toEqual(["vcd", "fst", "vcd.gz", "fst.gz"]);
  });

  it.each([
    [{ extensions: "vcd" }, "invalid config key `extensions`: expected a list of strings"],
    [{ extensions: [] }, 'invalid config key `extensions`: expected at least one extension, such as "vcd"'],
    [{ directories: [1] }, "invalid config key `directories`: expected a list of strings"],
    [{ max_depth: -1 }, "invalid config key `max_depth`: expected a whole number from 0 to 64"],
    [{ exclude: {} }, "invalid config key `exclude`: expected a list of strings"],
  ])("R9.3 names the key and what was expected: %j", (config, message) => {
    expect(() => readSettings(new PluginConfig(config))).toThrow(message);
  });
});

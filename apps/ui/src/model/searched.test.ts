import type { PluginStatus } from "@novywave/protocol";
import { expect, test } from "vitest";
import { folderName, searched } from "./searched.js";

const plugin = (over: Partial<PluginStatus>): PluginStatus => ({
  id: "novywave.waveform_scanner",
  state: "ready",
  message: "",
  since: 0,
  enabled: true,
  artifactPath: "builtin:waveform_scanner",
  capabilities: ["filesystem", "relay"],
  ...over,
});

test("R1.3 what was searched in vain is named: folders and extensions as configured, or the defaults", () => {
  const config = { directories: ["sim", "/scratch/run"], extensions: [".vcd"] };
  expect(searched([plugin({ config })])).toEqual({ directories: config.directories, extensions: ["vcd"] });
  expect(searched([plugin({ config: { extensions: 7 } })])).toEqual({
    directories: ["."],
    extensions: ["vcd", "fst", "ghw"],
  });
});

test("nobody searches when no plugin that may list folders is enabled", () => {
  expect(searched([plugin({ enabled: false }), plugin({ capabilities: ["relay"] })])).toBeUndefined();
});

test("folders of the configuration are told as a person knows them", () => {
  expect(folderName(".", "/lab/run")).toBe("/lab/run");
  expect(folderName("./sim/", "/lab/run/")).toBe("/lab/run/sim");
  expect(folderName("/scratch", "/lab/run")).toBe("/scratch");
});

import { describe, expect, it } from "vitest";
import { parseManifest } from "./parse-manifest.js";

const text = `
id = "novywave.waveform_scanner"
version = "0.1.0"
description = "Finds waveforms"
authors = ["A"]
license = "MIT"
channels = ["discovery"]
[[capabilities]]
name = "filesystem"
reason = "Lists files"
[config_schema]
type = "object"
[limits]
call_deadline_ms = 2000
`;

const failure = (source: string): string => {
  const parsed = parseManifest(source, "embedded", "Plugin.toml");
  if (parsed.ok) throw new Error("it parsed");
  expect(parsed.error.code).toBe("manifest-invalid");
  return parsed.error.message;
};

describe("Plugin.toml", () => {
  it("says who the plugin is, what it asks for and why", () => {
    expect(parseManifest(text, "embedded", "Plugin.toml")).toEqual({
      ok: true,
      value: {
        id: "novywave.waveform_scanner",
        version: "0.1.0",
        description: "Finds waveforms",
        authors: ["A"],
        license: "MIT",
        channels: ["discovery"],
        capabilities: [{ name: "filesystem", reason: "Lists files" }],
        configSchema: { type: "object" },
        limits: { callDeadlineMs: 2000 },
        source: "embedded",
      },
    });
  });

  it("takes the schema as JSON text as well", () => {
    const parsed = parseManifest(
      `id = "a.b"\nversion = "1.0.0"\nconfig_schema = '{"type":"object"}'`,
      "beside",
      "x",
    );
    expect(parsed.ok && parsed.value.configSchema).toEqual({ type: "object" });
  });

  it("errors name line and column of broken TOML", () => {
    expect(failure(`id = "a.b"\nversion = `)).toMatch(/^Plugin\.toml: line 2, column \d+: /);
  });

  it("a misspelt key is refused, so that a capability is not silently missing", () => {
    expect(failure(`id = "a.b"\nversion = "1.0.0"\ncapabilites = []`)).toContain("capabilites");
  });

  it("R4.6 each capability is known, has a reason, and appears once", () => {
    const head = `id = "a.b"\nversion = "1.0.0"\n`;
    expect(failure(`${head}[[capabilities]]\nname = "network"\nreason = "x"`)).toContain(
      "capabilities.0.name",
    );
    expect(failure(`${head}[[capabilities]]\nname = "timer"`)).toContain("capabilities.0.reason");
    expect(failure(`${head}${'[[capabilities]]\nname = "timer"\nreason = "x"\n'.repeat(2)}`)).toContain(
      "twice",
    );
  });

  it("what a person reads before agreeing cannot rewrite the terminal or the line", () => {
    const parsed = parseManifest(
      `id = "a.b"\nversion = "1.0.0"\ndescription = "a\\u001b[2Jb\\nc"\n` +
        `[[capabilities]]\nname = "timer"\nreason = "ticks\\u202Eskcit"`,
      "beside",
      "x",
    );
    expect(parsed.ok && parsed.value).toMatchObject({
      description: "a\u{fffd}[2Jb c",
      capabilities: [{ reason: "ticks\u{fffd}skcit" }],
    });
  });

  it("tables named like the prototype change nothing but themselves", () => {
    for (const key of ["__proto__", "constructor", "prototype"]) {
      expect(failure(`id = "a.b"\nversion = "1.0.0"\n[${key}]\npolluted = true`)).toContain(key);
    }
    const parsed = parseManifest(
      `id = "a.b"\nversion = "1.0.0"\n[config_schema.__proto__]\npolluted = true`,
      "beside",
      "x",
    );
    expect(parsed.ok).toBe(true);
    expect({}).not.toHaveProperty("polluted");
  });

  it("a text of brackets is an error like any other", () => {
    expect(failure(`a = ${"[".repeat(60_000)}`)).not.toBe("");
    expect(failure(`a = ${"{a=".repeat(20_000)}`)).not.toBe("");
    const json = `${"[".repeat(50_000)}${"]".repeat(50_000)}`;
    expect(failure(`id = "a.b"\nversion = "1.0.0"\nconfig_schema = '${json}'`)).not.toBe("");
  });

  it("a missing id, a version that is none, unknown limits and a huge file are refused", () => {
    expect(failure(`version = "1.0.0"`)).toContain("id");
    expect(failure(`id = "a.b"\nversion = "one"`)).toContain("version");
    expect(failure(`id = "a.b"\nversion = "1.0.0"\n[limits]\nmemory = 1`)).toContain("unknown `memory`");
    expect(failure(`# ${"x".repeat(70_000)}`)).toContain("larger than");
  });
});

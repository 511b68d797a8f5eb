import { parseConfig } from "@novywave/config";
import { limitCeilings, limitNames, type PluginLimits } from "@novywave/plugin-host";
import { describe, expect, it } from "vitest";

const key = (name: keyof PluginLimits): string =>
  name.replace(/[A-Z]/gu, (letter) => `_${letter.toLowerCase()}`);

const entryWith = (limits: string): string =>
  `[plugins]\nschema_version = 1\n[[plugins.entries]]\nid = "a"\nenabled = true\nartifact_path = "a.wasm"\nlimits = { ${limits} }\n`;

describe("limits in .novywave", () => {
  it.each(limitNames)("%s may be set up to the host's ceiling and not above", (name) => {
    const ceiling = limitCeilings[name];
    const parsed = parseConfig(entryWith(`${key(name)} = ${ceiling}`));
    expect(parsed).toMatchObject({ ok: true });
    expect(JSON.stringify(parsed)).toContain(`"${name}":${ceiling}`);
    expect(parseConfig(entryWith(`${key(name)} = ${ceiling + 1}`)).ok).toBe(false);
  });

  it("an unknown one is refused, not ignored", () => {
    expect(parseConfig(entryWith("network = 1")).ok).toBe(false);
  });
});

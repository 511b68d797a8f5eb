import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { BuildFailure } from "./error.js";
import { readManifest } from "./manifest.js";
import { minimalManifest, temporaryTree } from "./temporary-tree.test.helper.js";

async function read(text: string) {
  return readManifest(join(await temporaryTree({ "Plugin.toml": text }), "Plugin.toml"));
}

async function failure(text: string) {
  const outcome = await read(text).catch((error: unknown) => error);
  if (!(outcome instanceof BuildFailure)) throw new Error("the manifest was accepted");
  return { code: outcome.detail.code, line: outcome.detail.line, message: outcome.detail.message };
}

describe("readManifest", () => {
  it("reads id, version, capabilities, channels and the schema as JSON", async () => {
    const manifest = await read(`${minimalManifest}channels = ["discovery"]
[[capabilities]]
name = "relay"
reason = "Publishes"
[config_schema]
type = "object"
`);
    expect(manifest).toMatchObject({
      id: "acme.test",
      version: "0.1.0",
      capabilities: ["relay"],
      channels: ["discovery"],
      configSchema: '{"type":"object"}',
    });
  });

  it.each([
    ["no TOML", "id = \nversion", 1, /is no TOML/],
    ["no id", 'version = "0.1.0"', 1, /`id` is missing/],
    ["an id without a dot", minimalManifest.replace("acme.test", "acme"), 1, /`id` is "acme"/],
    ["an id that leaves its folder", minimalManifest.replace("acme.test", "acme/../x.y"), 1, /`id` is/],
    ["a short version", minimalManifest.replace("0.1.0", "0.1"), 2, /`version` is "0.1"/],
    ["an unknown key", `${minimalManifest}colour = "red"`, 6, /unknown key `colour`/],
    ["an unknown channel", `${minimalManifest}channels = ["x"]`, 6, /unknown channel "x"/],
    ["a channel without relay", `${minimalManifest}channels = ["log"]`, 6, /not the capability `relay`/],
    [
      "relay without a channel",
      `${minimalManifest}[[capabilities]]\nname = "relay"\nreason = "r"`,
      6,
      /names no channels/,
    ],
    [
      "a key of the plugin that slipped into a capability",
      `${minimalManifest}[[capabilities]]\nname = "relay"\nreason = "r"\nchannels = ["log"]`,
      6,
      /`relay` has the unknown key `channels`/,
    ],
    [
      "a capability of other toolchains",
      `${minimalManifest}[[capabilities]]\nname = "file-contents"\nreason = "r"`,
      6,
      /`file-contents` is for components that read files/,
    ],
    [
      "an unknown capability",
      `${minimalManifest}[[capabilities]]\nname = "net"\nreason = "r"`,
      6,
      /capability "net"/,
    ],
    [
      "a capability without a reason",
      `${minimalManifest}[[capabilities]]\nname = "timer"`,
      6,
      /has no reason/,
    ],
    [
      "a capability twice",
      `${minimalManifest}[[capabilities]]\nname = "timer"\nreason = "r"\n[[capabilities]]\nname = "timer"\nreason = "r"`,
      9,
      /stands twice/,
    ],
  ])("R3.4 refuses %s, with the line", async (_, text, line, message) => {
    expect(await failure(text)).toEqual({
      code: "manifest-invalid",
      line,
      message: expect.stringMatching(message),
    });
  });
});

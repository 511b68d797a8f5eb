import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { CONTRACT_VERSION, INTERFACES, WIT, WIT_FILES, WORLDS, type HostEvent } from "./index.js";

describe("the generated contract", () => {
  it("is up to date with plugins/wit", () => {
    const generator = fileURLToPath(new URL("../generate.js", import.meta.url));
    expect(() => execFileSync(process.execPath, [generator, "--check"], { stdio: "pipe" })).not.toThrow();
  });

  it("names every interface with the version of the package", () => {
    expect(CONTRACT_VERSION).toBe("0.1.0");
    expect(Object.keys(INTERFACES).toSorted()).toEqual(
      "config filesystem lifecycle logging relay smoke timer types watch".split(" "),
    );
    for (const name of Object.values(INTERFACES)) expect(name).toMatch(/^novywave:plugins\/[a-z]+@0\.1\.0$/);
  });

  it("lists what each world imports and exports", () => {
    expect(WORLDS.plugin.imports).toEqual(["logging", "filesystem", "watch", "relay", "config", "timer"]);
    expect(WORLDS["smoke-plugin"]).toEqual({ imports: [], exports: ["smoke"] });
  });

  it("holds the WIT itself, as one document and file by file", () => {
    expect(WIT.match(/^package /gm)).toHaveLength(1);
    expect(WIT).toContain("interface filesystem");
    expect(Object.keys(WIT_FILES)).toContain("worlds.wit");
  });

  it("maps a variant to tag and val, 64-bit integers to bigint", () => {
    const event: HostEvent = { tag: "filesystem-change", val: { subscriptionId: 1n, paths: [] } };
    expect(event.tag).toBe("filesystem-change");
  });
});

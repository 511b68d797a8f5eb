import { mkdir, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { minimalManifest, minimalSource, temporaryTree } from "../build/temporary-tree.test.helper.js";
import { buildArtifact } from "./build-artifact.js";

const inAnHour = new Date(Date.now() + 3_600_000);

/** A plugin whose artifact in `dist/` holds a mark instead of a component, and is newer than all else. */
async function markedPlugin(source: string): Promise<string> {
  const folder = await temporaryTree({ "Plugin.toml": minimalManifest, "src/index.ts": source });
  const artifact = join(folder, "dist/acme.test_plugin.wasm");
  await mkdir(join(folder, "dist"));
  await writeFile(artifact, "built before");
  await utimes(artifact, inAnHour, inAnHour);
  return folder;
}

describe("buildArtifact", () => {
  it("takes the artifact that was built, when nothing is newer", async () => {
    const bytes = await buildArtifact(await markedPlugin(minimalSource));
    expect(Buffer.from(bytes).toString()).toBe("built before");
  });

  it.each(["Plugin.toml", "src/index.ts", "src"])("builds when %s is newer", async (changed) => {
    const folder = await markedPlugin("this is no TypeScript");
    const later = new Date(inAnHour.getTime() + 1000);
    await utimes(join(folder, changed), later, later);
    await expect(buildArtifact(folder)).rejects.toThrow("index.ts:1");
  });

  it("says that there is no manifest", async () => {
    await expect(buildArtifact(await temporaryTree({}))).rejects.toThrow("Plugin.toml");
  });
});

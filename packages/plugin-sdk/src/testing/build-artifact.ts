import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildPlugin } from "../build/build.js";
import { BuildFailure, formatBuildError } from "../build/error.js";
import { artifactFile, findManifest } from "../build/layout.js";
import { readManifest } from "../build/manifest.js";
import { isUpToDate } from "./up-to-date.js";

/**
 * The bytes of the plugin in `folder`, made of what its source says now: the artifact in `dist/` if nothing it is made
 * of is newer, else it is built, and `dist/` stays as it is. Throws what the build reports.
 *
 * ```ts
 * const artifact = await buildArtifact(new URL("..", import.meta.url));
 * const run = await runPlugin({ artifact, files: { "a.vcd": "" } });
 * ```
 */
export async function buildArtifact(folder: string | URL): Promise<Uint8Array> {
  const path = typeof folder === "string" ? folder : fileURLToPath(folder);
  const built = await builtArtifact(path);
  if (built !== undefined) return readFile(built);
  const temporary = await mkdtemp(join(tmpdir(), "novywave-test-build-"));
  try {
    const outFile = join(temporary, "plugin.wasm");
    const report = await buildPlugin({ folder: path, outFile });
    if (!report.ok) throw new Error(formatBuildError(report.error));
    return await readFile(outFile);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/** The artifact where a build would put it, if it is up to date. */
async function builtArtifact(folder: string): Promise<string | undefined> {
  try {
    const { file, id } = await readManifest(await findManifest(folder));
    const artifact = artifactFile(file, id);
    return (await isUpToDate(artifact, file)) ? artifact : undefined;
  } catch (error) {
    // What is wrong with the manifest is told by the build.
    if (error instanceof BuildFailure) return undefined;
    throw error;
  }
}

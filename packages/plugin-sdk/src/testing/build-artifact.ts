import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildPlugin } from "../build/build.js";
import { formatBuildError } from "../build/error.js";

/**
 * Builds the plugin in `folder` and returns the component's bytes, leaving `dist/` as it is: tests run what the source
 * says now. Throws what the build reports.
 *
 * ```ts
 * const artifact = await buildArtifact(new URL("..", import.meta.url));
 * const run = await runPlugin({ artifact, files: { "a.vcd": "" } });
 * ```
 */
export async function buildArtifact(folder: string | URL): Promise<Uint8Array> {
  const temporary = await mkdtemp(join(tmpdir(), "novywave-test-build-"));
  try {
    const outFile = join(temporary, "plugin.wasm");
    const built = await buildPlugin({
      folder: typeof folder === "string" ? folder : fileURLToPath(folder),
      outFile,
    });
    if (!built.ok) throw new Error(formatBuildError(built.error));
    return await readFile(outFile);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

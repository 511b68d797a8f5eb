import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { withSourcePositions } from "../guest/source-positions.js";
import type { Bundle } from "./bundle.js";
import { BuildFailure, throwIfCancelled } from "./error.js";
import { positionsCode } from "./positions.js";
import { buildWorld } from "./world.js";

const child = fileURLToPath(new URL("../../dist/build/componentize-child.js", import.meta.url));
const timeoutMs = 120_000;
/** Frames of the JavaScript engine inside the component say nothing to the author of what it runs. */
const engineFrames =
  /error while executing at wasm backtrace:\s*|\d+:\s+0x[0-9a-f]+ - \S+!(?:<wasm function \d+>|adapter [\w-]+):?\s*/g;

/** What the child process is told, as a JSON file. */
export interface ComponentizeRequest {
  readonly witFolder: string;
  readonly world: string;
  readonly sourceFile: string;
  readonly outFile: string;
}

/**
 * Makes a component of a JavaScript module, in a process of its own: the toolchain is native code, and when it panics
 * it takes its process along. Throws {@link BuildFailure}; an aborted `signal` ends the process.
 */
export async function componentizeModule(
  { code, positions }: Pick<Bundle, "code" | "positions">,
  wit: Readonly<Record<string, string>>,
  sourceFile: string,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), "novywave-build-"));
  try {
    const witFolder = join(folder, "wit");
    await mkdir(witFolder);
    for (const [file, text] of Object.entries(wit)) await writeFile(join(witFolder, file), text);
    const request: ComponentizeRequest = {
      witFolder,
      world: buildWorld,
      sourceFile: join(folder, "plugin.js"),
      outFile: join(folder, "plugin.wasm"),
    };
    await writeFile(request.sourceFile, `${code}\n${positionsCode(positions)}`);
    const requestFile = join(folder, "request.json");
    await writeFile(requestFile, JSON.stringify(request));
    const failure = await run(requestFile, signal);
    throwIfCancelled(signal);
    if (failure === undefined) return await readFile(request.outFile);
    throw new BuildFailure({
      code: "componentize-failed",
      message: `the code could not be made a component: ${withSourcePositions(failure, positions)}`,
      action:
        "The module is run once while it is built: look for code outside functions that throws or calls the host, " +
        "which is there only from init on.",
      file: sourceFile,
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The text of what went wrong, `undefined` if nothing did. */
function run(requestFile: string, signal: AbortSignal | undefined): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [child, requestFile],
      { timeout: timeoutMs, killSignal: "SIGKILL", maxBuffer: 4 * 1024 * 1024, signal },
      (error, _stdout, stderr) => {
        if (error === null) resolve(undefined);
        else if (error.killed === true) resolve(`it took longer than ${timeoutMs / 1000} s`);
        else
          resolve(
            stderr
              .replaceAll(engineFrames, "")
              .trim()
              .replace(/^[:\s]+/, "")
              .slice(0, 4000) || `the toolchain ended with ${error.signal ?? error.code}`,
          );
      },
    );
  });
}

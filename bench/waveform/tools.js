import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Runs a script of this folder and returns what it prints. */
export async function node(script, ...args) {
  const file = fileURLToPath(new URL(script, import.meta.url));
  const { stdout } = await run(process.execPath, [file, ...args]);
  return JSON.parse(stdout);
}

/** Builds the reader of wellen, if cargo is installed: a function from a path to the processor time of one thread. */
export async function buildWellen() {
  const project = fileURLToPath(new URL("wellen", import.meta.url));
  if (!(await installed("cargo"))) return undefined;
  try {
    await run("cargo", ["build", "--release", "--quiet"], { cwd: project });
  } catch (error) {
    console.error(`wellen cannot be built: ${error.message.split("\n", 1)[0]}`);
    return undefined;
  }
  const binary = join(project, "target/release/wellen-bench");
  return async (path) => JSON.parse((await run(binary, [path, "single"])).stdout).cpu;
}

/** The file of a package that may or may not be installed. */
export function find(name) {
  for (const folder of [import.meta.dirname, process.env.NOVYWAVE_BENCH_MODULES]) {
    if (folder === undefined) continue;
    try {
      return createRequire(join(folder, "bench.js")).resolve(name);
    } catch {
      // Not there.
    }
  }
  return undefined;
}

export async function installed(command) {
  return run(command, ["--help"]).then(
    () => true,
    (error) => error.code !== "ENOENT",
  );
}

export async function seconds(action) {
  const started = performance.now();
  await action();
  return (performance.now() - started) / 1_000;
}

export function median(numbers) {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
}

export function rate(bytes, time) {
  return `${(bytes / 1e6 / time).toFixed(0)} MB/s`;
}

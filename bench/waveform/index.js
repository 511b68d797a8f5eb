import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { fstRows } from "./fst.js";
import { generateVcd } from "./generate-vcd.js";

const run = promisify(execFile);
const ROUNDS = 3;

/**
 * What opening a VCD file and asking for columns costs, beside vcd2fst and vcd-stream where they are installed. The sides
 * take turns; medians count. What has no other side is told in processor time, so that a busy machine misleads less.
 * NOVYWAVE_BENCH_MODULES names a folder in whose node_modules vcd-stream is looked for, beside the project's own.
 *
 * @returns {Promise<{name: string, against: string, ratio: number | undefined, reach: string, note?: string}[]>}
 */
export async function rows() {
  const folder = mkdtempSync(join(tmpdir(), "novywave-bench-"));
  try {
    return [
      ...(await small(folder)),
      ...(await large(folder)),
      ...(await fstRows(folder)),
      ...(await columns()),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function small(folder) {
  const path = join(folder, "small.vcd");
  generateVcd(path, { signals: 230, bytes: 100e6 });
  const name = "VCD open: 100 MB, 230 signals";
  const hasVcd2fst = await installed("vcd2fst");
  const vcdStreamPath = find("vcd-stream");
  const ours = [];
  const vcd2fst = [];
  const vcdStream = [];
  for (let round = 0; round < ROUNDS; round++) {
    ours.push((await node("open-file.js", path)).seconds);
    if (hasVcd2fst) vcd2fst.push(await seconds(() => run("vcd2fst", [path, join(folder, "small.fst")])));
    // Its native part may be missing; then it counts as not installed.
    if (vcdStreamPath !== undefined)
      vcdStream.push(
        ...(await node("read-vcd-stream.js", path, vcdStreamPath).then(
          (one) => [one.seconds],
          () => [],
        )),
      );
  }
  rmSync(path);
  rmSync(join(folder, "small.fst"), { force: true });
  const versus = (against, theirs, reach) =>
    theirs.length === 0
      ? {
          name,
          against,
          ratio: undefined,
          reach,
          note: `${against} is not installed; ours ${rate(100e6, median(ours))}`,
        }
      : {
          name,
          against,
          ratio: median(theirs) / median(ours),
          reach,
          note: `times faster; ours ${rate(100e6, median(ours))}, theirs ${rate(100e6, median(theirs))}`,
        };
  return [versus("vcd2fst", vcd2fst, ">= 2"), versus("vcd-stream", vcdStream, ">= 4")];
}

async function large(folder) {
  const path = join(folder, "large.vcd");
  generateVcd(path, { signals: 420_000, bytes: 250e6 });
  const { size } = statSync(path);
  const runs = [];
  for (let round = 0; round < ROUNDS; round++) runs.push(await node("open-file.js", path));
  rmSync(path);
  const time = median(runs.map((one) => one.cpu));
  const memory = median(runs.map((one) => one.memory));
  const name = "VCD open: 250 MB, 420 000 signals";
  return [
    {
      name: `${name}, memory`,
      against: "size of the file",
      ratio: memory / size,
      reach: "<= 2",
      note: `${Math.round(memory / 1e6)} MB`,
    },
    {
      name: `${name}, speed`,
      against: "50 MB/s",
      ratio: size / time / 50e6,
      reach: ">= 1",
      note: `${rate(size, time)} of processor time`,
    },
  ];
}

async function columns() {
  const { full, tenth } = await node("columns.js");
  const name = "columns: 64 rows × 800 000 changes, 1 600 px";
  return [
    {
      name: `${name}, full span`,
      against: "30 ms",
      ratio: full / 30,
      reach: "<= 1",
      note: `${full.toFixed(1)} ms of processor time`,
    },
    {
      name: `${name}, a tenth`,
      against: "10 ms",
      ratio: tenth / 10,
      reach: "<= 1",
      note: `${tenth.toFixed(1)} ms of processor time`,
    },
  ];
}

async function node(script, ...args) {
  const file = fileURLToPath(new URL(script, import.meta.url));
  const { stdout } = await run(process.execPath, [file, ...args]);
  return JSON.parse(stdout);
}

/** The file of a package that may or may not be installed. */
function find(name) {
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

async function installed(command) {
  return run(command, ["--help"]).then(
    () => true,
    (error) => error.code !== "ENOENT",
  );
}

async function seconds(action) {
  const started = performance.now();
  await action();
  return (performance.now() - started) / 1_000;
}

function median(numbers) {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
}

function rate(bytes, time) {
  return `${(bytes / 1e6 / time).toFixed(0)} MB/s`;
}

import { execFile } from "node:child_process";
import { rmSync, statSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { generateVcd } from "./generate-vcd.js";
import { buildWellen, find, installed, median, node, rate, seconds } from "./tools.js";

const run = promisify(execFile);
const ROUNDS = 3;

/**
 * Opening VCD files: 100 MB with 230 signals, 250 MB with 420 000, and 1 GB; beside vcd2fst, vcd-stream and wellen where
 * they are installed (wellen is built with cargo). The sides take turns; medians count. Against wellen processor time is
 * compared, which a busy machine distorts less.
 */
export async function vcdRows(folder) {
  const wellen = await buildWellen();
  return [
    ...(await small(folder, wellen)),
    ...(await large(folder, wellen)),
    ...(await gigabyte(folder, wellen)),
  ];
}

async function small(folder, wellen) {
  const path = join(folder, "small.vcd");
  generateVcd(path, { signals: 230, bytes: 100e6 });
  const name = "VCD open: 100 MB, 230 signals";
  const hasVcd2fst = await installed("vcd2fst");
  const vcdStreamPath = find("vcd-stream");
  const ours = [];
  const single = [];
  const vcd2fst = [];
  const vcdStream = [];
  const theirs = [];
  for (let round = 0; round < ROUNDS; round++) {
    ours.push(await node("open-file.js", path));
    single.push(await node("open-file.js", path, "1"));
    if (hasVcd2fst) vcd2fst.push(await seconds(() => run("vcd2fst", [path, join(folder, "small.fst")])));
    // Its native part may be missing; then it counts as not installed.
    if (vcdStreamPath !== undefined)
      vcdStream.push(
        ...(await node("read-vcd-stream.js", path, vcdStreamPath).then(
          (one) => [one.seconds],
          () => [],
        )),
      );
    if (wellen) theirs.push(await wellen(path));
  }
  rmSync(path);
  rmSync(join(folder, "small.fst"), { force: true });
  const time = median(ours.map((one) => one.seconds));
  const versus = (against, times, reach) => ({
    name,
    against,
    ratio: times.length === 0 ? undefined : median(times) / time,
    reach,
    note:
      times.length === 0
        ? `${against} is not installed; ours ${rate(100e6, time)}`
        : `times faster; ours ${rate(100e6, time)}, theirs ${rate(100e6, median(times))}`,
  });
  const kept = median(ours.map((one) => one.kept));
  return [
    versus("vcd2fst", vcd2fst, ">= 2"),
    versus("vcd-stream", vcdStream, ">= 4"),
    versusWellen(name, 100e6, single, theirs),
    {
      name: `${name}, memory kept`,
      against: "size of the file",
      ratio: kept / 100e6,
      reach: "<= 0.5",
      note: `${Math.round(kept / 1e6)} MB more than before`,
    },
    severalThreads(name, ours, single),
  ];
}

async function large(folder, wellen) {
  const path = join(folder, "large.vcd");
  generateVcd(path, { signals: 420_000, bytes: 250e6 });
  const { size } = statSync(path);
  const ours = [];
  const single = [];
  const theirs = [];
  for (let round = 0; round < ROUNDS; round++) {
    ours.push(await node("open-file.js", path));
    single.push(await node("open-file.js", path, "1"));
    if (wellen) theirs.push(await wellen(path));
  }
  rmSync(path);
  const time = median(single.map((one) => one.cpu));
  const memory = median(ours.map((one) => one.memory));
  const name = "VCD open: 250 MB, 420 000 signals";
  return [
    {
      name: `${name}, memory`,
      against: "size of the file",
      ratio: memory / size,
      reach: "<= 2",
      note: `${Math.round(memory / 1e6)} MB at most`,
    },
    {
      name: `${name}, speed`,
      against: "50 MB/s",
      ratio: size / time / 50e6,
      reach: ">= 1",
      note: `${rate(size, time)} of processor time`,
    },
    versusWellen(name, size, single, theirs),
    severalThreads(name, ours, single),
  ];
}

async function gigabyte(folder, wellen) {
  const path = join(folder, "gigabyte.vcd");
  generateVcd(path, { signals: 5_000, bytes: 1e9 });
  const { size } = statSync(path);
  const one = await node("open-while-asking.js", path);
  const single = await node("open-file.js", path, "1");
  const theirs = wellen ? [await wellen(path)] : [];
  rmSync(path);
  const name = "VCD open: 1 GB, 5 000 signals";
  return [
    {
      name: `${name}, memory`,
      against: "1 GB",
      ratio: one.memory / 1e9,
      reach: "<= 1",
      note: `${Math.round(one.memory / 1e6)} MB at most; ${rate(size, one.seconds)}`,
    },
    {
      name: `${name}, questions while it is read`,
      against: "250 ms",
      ratio: one.worst / 250,
      reach: "<= 1",
      note: `hierarchy after ${(one.hierarchy * 1e3).toFixed(0)} ms; ${one.answers} answers, median ${one.median.toFixed(0)} ms, worst ${one.worst.toFixed(0)} ms`,
    },
    versusWellen(name, size, [single], theirs),
  ];
}

/** One thread each. */
function versusWellen(name, size, ours, theirs) {
  const time = median(ours.map((one) => one.cpu));
  const against = "wellen (Rust), one thread";
  const reach = ">= 1";
  if (theirs.length === 0) {
    return {
      name,
      against,
      ratio: undefined,
      reach,
      note: `cargo is not installed; ours ${rate(size, time)}`,
    };
  }
  const note = `processor time; ours ${rate(size, time)}, theirs ${rate(size, median(theirs))}`;
  return { name, against, ratio: median(theirs) / time, reach, note };
}

function severalThreads(name, ours, single) {
  // The best of each: somebody else on the machine can only make them longer.
  const [several, one] = [ours, single].map((runs) => Math.min(...runs.map((run) => run.seconds)));
  const [severalWork, oneWork] = [ours, single].map((runs) => median(runs.map((run) => run.cpu)));
  const cores = availableParallelism();
  return {
    name: `${name}, all cores`,
    against: "one thread",
    ratio: one / several,
    reach: cores >= 4 ? ">= 1.5" : ">= 1",
    note: `times faster on ${cores} cores, if nobody else uses them; ${(severalWork / oneWork).toFixed(2)} of the processor time`,
  };
}

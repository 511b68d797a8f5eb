import { execFile } from "node:child_process";
import { closeSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { generateVcd } from "./generate-vcd.js";

const run = promisify(execFile);
const ROUNDS = 5;

/**
 * What opening an FST file of 300 000 signals costs beside fst2vcd, which reads all of it, and how soon a signal of
 * 800 000 changes is there when it is asked for. The files are made by vcd2fst; without it there is nothing to measure.
 *
 * @param {string} folder
 */
export async function fstRows(folder) {
  const open = { name: "FST open: 300 000 signals", against: "fst2vcd", reach: "<= 0.2" };
  const load = { name: "FST: a signal of 800 000 changes, first asked for", against: "60 ms", reach: "<= 1" };
  const made = await run("vcd2fst", ["--help"]).catch((error) => error);
  if (made.code === "ENOENT")
    return [open, load].map((row) => ({ ...row, ratio: undefined, note: "vcd2fst is not installed" }));

  const many = await convert(folder, "many", (path) => generateVcd(path, { signals: 300_000, bytes: 150e6 }));
  const ours = [];
  const theirs = [];
  for (let round = 0; round < ROUNDS; round++) {
    ours.push((await node("open-file.js", many)).seconds);
    const started = performance.now();
    await run("fst2vcd", ["-f", many, "-o", join(folder, "back.vcd")]);
    theirs.push((performance.now() - started) / 1_000);
  }
  rmSync(many);
  rmSync(join(folder, "back.vcd"));

  const long = await convert(folder, "long", longSignals);
  const loads = [];
  for (let round = 0; round < ROUNDS; round++) loads.push((await node("load-signal.js", long)).cpu);
  rmSync(long);
  return [
    {
      ...open,
      ratio: median(ours) / median(theirs),
      note: `ours ${median(ours).toFixed(2)} s, theirs ${median(theirs).toFixed(2)} s`,
    },
    { ...load, ratio: median(loads) / 60, note: `${median(loads).toFixed(1)} ms of processor time` },
  ];
}

/** A clock of 800 000 changes, beside some signals that change with it. */
function longSignals(path) {
  const file = openSync(path, "w");
  const widths = [1, 1, 8, 32];
  let text = "$timescale 1ns $end\n$scope module top $end\n$var wire 1 ! clk $end\n";
  for (const [i, width] of widths.entries()) text += `$var wire ${width} ${"abcd"[i]} s${i} $end\n`;
  text += "$upscope $end\n$enddefinitions $end\n";
  for (let i = 0; i < 800_000; i++) {
    text += `#${i * 5}\n${i & 1}!\n`;
    if (i % 8 === 0) text += `${(i >> 3) & 1}a\nb${(i & 255).toString(2)} c\nb${i.toString(2)} d\n`;
    if (text.length < 1 << 20) continue;
    writeSync(file, text);
    text = "";
  }
  writeSync(file, text);
  closeSync(file);
}

async function convert(folder, name, generate) {
  const vcd = join(folder, `${name}.vcd`);
  const fst = join(folder, `${name}.fst`);
  generate(vcd);
  await run("vcd2fst", ["-v", vcd, "-f", fst], { maxBuffer: 1 << 28 });
  rmSync(vcd);
  return fst;
}

async function node(script, ...args) {
  const { stdout } = await run(process.execPath, [fileURLToPath(new URL(script, import.meta.url)), ...args]);
  return JSON.parse(stdout);
}

function median(numbers) {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
}

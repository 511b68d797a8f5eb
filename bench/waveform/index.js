import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fstRows } from "./fst.js";
import { node } from "./tools.js";
import { vcdRows } from "./vcd.js";

/**
 * What opening waveforms and asking for columns costs, beside other tools where they are installed. What has no other
 * side is told in processor time, so that a busy machine misleads less. NOVYWAVE_BENCH_MODULES names a folder in whose
 * node_modules vcd-stream is looked for, beside the project's own.
 *
 * @returns {Promise<{name: string, against: string, ratio: number | undefined, reach: string, note?: string}[]>}
 */
export async function rows() {
  const folder = mkdtempSync(join(tmpdir(), "novywave-bench-"));
  try {
    return [...(await vcdRows(folder)), ...(await fstRows(folder)), ...(await columns())];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function columns() {
  const answers = await node("columns.js");
  return answers.flatMap(({ kind, full, tenth }) => {
    const name = `columns: 64 rows (${kind}) × 800 000 changes, 1 600 px`;
    const row = (span, time, most) => ({
      name: `${name}, ${span}`,
      against: `${most} ms`,
      ratio: time / most,
      reach: "<= 1",
      note: `${time.toFixed(1)} ms of processor time`,
    });
    return [row("full span", full, 30), row("a tenth", tenth, 10)];
  });
}

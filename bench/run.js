// `npm run bench [filter] [--json]`: every bench/*/index.js exports `rows()`, and all rows become one table of ratios.
import { existsSync, readdirSync } from "node:fs";
import { buildProject } from "../tools/lib/build-project.js";
import { at } from "../tools/lib/paths.js";
import { formatTable, judge } from "../tools/lib/bench-table.js";

/**
 * @typedef {object} Row one measurement against another, taken side by side in this run
 * @property {string} name what was measured
 * @property {string} against what it is compared with
 * @property {number | undefined} ratio undefined when it could not be measured here; `note` says why
 * @property {string} reach the target: "<= 3" or ">= 2"
 * @property {string} [note] absolute numbers, versions, conditions
 */

const args = process.argv.slice(2);
const json = args.includes("--json");
const filter = args.find((arg) => !arg.startsWith("-"));

await buildProject();
const names = readdirSync(at("bench")).filter(
  (name) => existsSync(at("bench", name, "index.js")) && (filter === undefined || name.includes(filter)),
);
if (names.length === 0) {
  console.error(filter === undefined ? "There are no benches." : `No bench has "${filter}" in its name.`);
  process.exit(2);
}
const rows = [];
for (const name of names) {
  console.error(`${name} …`);
  const bench = await import(at("bench", name, "index.js"));
  for (const row of await bench.rows()) rows.push({ bench: name, ...row, verdict: judge(row) });
}
console.log(json ? JSON.stringify(rows, undefined, 2) : formatTable(rows));
// What a bench left open must not keep the table from ending.
process.exit(rows.some((row) => row.verdict === "missed") ? 1 : 0);

// Column queries over 64 rows of 800 000 changes each, timed where they run, in processor time: prints
// the median of each span in milliseconds.
import { WaveformQueries } from "../../packages/waveform/dist/query/waveform-queries.js";
import { WaveformBuilder } from "../../packages/waveform/dist/store/waveform-builder.js";

const CHANGES = 800_000;
const ROWS = 64;
const builder = new WaveformBuilder();
for (let row = 0; row < ROWS; row++) builder.signals.add("bits", 1);
for (let i = 0; i < CHANGES; i++) {
  builder.signals.now = builder.times.push(0, i * 10);
  for (let row = 0; row < ROWS; row++) builder.signals.appendDigit(row, i & 1);
}
const queries = new WaveformQueries(builder);
const rows = Array.from({ length: ROWS }, (_, signal) => ({ signal }));
const end = BigInt(CHANGES * 10);

function median(start, until) {
  const times = [];
  for (let round = 0; round < 21; round++) {
    const before = process.cpuUsage();
    queries.columns({ start, end: until, columns: 1_600, rows });
    const used = process.cpuUsage(before);
    times.push((used.user + used.system) / 1_000);
  }
  return times.toSorted((a, b) => a - b)[10];
}

median(0n, end);
console.log(JSON.stringify({ full: median(0n, end), tenth: median(end / 3n, end / 3n + end / 10n) }));

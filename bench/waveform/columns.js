// Column queries over 64 rows of 800 000 changes each, single bits, bytes and 32-bit vectors, timed where they run, in processor time:
// prints the median of each span in milliseconds.
import { WaveformQueries } from "../../packages/waveform/dist/query/waveform-queries.js";
import { WaveformBuilder } from "../../packages/waveform/dist/store/waveform-builder.js";

const CHANGES = 800_000;
const ROWS = 64;
const rows = Array.from({ length: ROWS }, (_, signal) => ({ signal }));
const end = BigInt(CHANGES * 10);

function waveform(width) {
  const builder = new WaveformBuilder();
  for (let row = 0; row < ROWS; row++) builder.signals.add("bits", width);
  for (let i = 0; i < CHANGES; i++) {
    builder.signals.now = builder.times.push(0, i * 10);
    for (let row = 0; row < ROWS; row++) {
      if (width === 1) builder.signals.appendDigit(row, i & 1);
      else if (width === 8) builder.signals.appendNumber(row, (i * 7 + row) & 255);
      else builder.signals.appendNumber(row, Math.imul(i + row, 2_654_435_761) >>> 0);
    }
  }
  return new WaveformQueries(builder);
}

function median(queries, start, until) {
  const times = [];
  for (let round = 0; round < 21; round++) {
    const before = process.cpuUsage();
    queries.columns({ start, end: until, columns: 1_600, rows });
    const used = process.cpuUsage(before);
    times.push((used.user + used.system) / 1_000);
  }
  return times.toSorted((a, b) => a - b)[10];
}

const answers = [];
for (const [kind, width] of [
  ["bits", 1],
  ["bytes", 8],
  ["32-bit vectors", 32],
]) {
  const queries = waveform(width);
  median(queries, 0n, end);
  answers.push({
    kind,
    full: median(queries, 0n, end),
    tenth: median(queries, end / 3n, end / 3n + end / 10n),
  });
}
console.log(JSON.stringify(answers));

// Opens a file (first argument) early and asks for values and columns until it is read: prints the seconds until the
// hierarchy was there, those until all was read, and how long answers took, in milliseconds.
import { openWaveform } from "@novywave/waveform";

const started = performance.now();
const since = () => (performance.now() - started) / 1_000;
const result = await openWaveform(process.argv[2], { early: true });
if (!result.ok) throw new Error(result.error.message);
const waveform = result.value;
const hierarchy = since();
const answers = [];
const rows = Array.from({ length: 16 }, (_, signal) => ({ signal }));
while (waveform.info.readUntil !== undefined) {
  const asked = performance.now();
  await waveform.values([0, 1, 2], waveform.info.readUntil ?? 0n);
  await waveform.columns({ start: 0n, end: 1_000_000n, columns: 800, rows });
  answers.push(performance.now() - asked);
  await new Promise((resolve) => setTimeout(resolve, 50));
}
const end = await waveform.finished;
if (!end.ok) throw new Error(end.error.message);
const all = since();
answers.sort((a, b) => a - b);
console.log(
  JSON.stringify({
    hierarchy,
    seconds: all,
    memory: process.resourceUsage().maxRSS * 1_024,
    answers: answers.length,
    median: answers[Math.floor(answers.length / 2)],
    worst: answers.at(-1),
  }),
);
waveform[Symbol.dispose]();

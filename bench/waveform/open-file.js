// A process of its own, so that its memory is what opening one file (first argument) takes, with as many threads as the
// second says: prints seconds, processor time, the largest size the process had, and what it holds more than before.
import { openWaveform } from "@novywave/waveform";

const threads = process.argv[3] === undefined ? undefined : Number(process.argv[3]);
const empty = process.memoryUsage.rss();
const before = process.cpuUsage();
const started = performance.now();
const result = await openWaveform(process.argv[2], { threads });
const used = process.cpuUsage(before);
const seconds = (performance.now() - started) / 1_000;
if (!result.ok) throw new Error(result.error.message);
// The threads that read have ended by then.
await new Promise((resolve) => setTimeout(resolve, 500));
console.log(
  JSON.stringify({
    seconds,
    cpu: (used.user + used.system) / 1e6,
    memory: process.resourceUsage().maxRSS * 1_024,
    kept: process.memoryUsage.rss() - empty,
    signals: result.value.info.signals,
  }),
);
result.value[Symbol.dispose]();

// A process of its own, so that its memory is what opening one file takes: prints seconds and the largest size it had.
import { openWaveform } from "@novywave/waveform";

const before = process.cpuUsage();
const started = performance.now();
const result = await openWaveform(process.argv[2]);
const used = process.cpuUsage(before);
const seconds = (performance.now() - started) / 1_000;
if (!result.ok) throw new Error(result.error.message);
console.log(
  JSON.stringify({
    seconds,
    cpu: (used.user + used.system) / 1e6,
    memory: process.resourceUsage().maxRSS * 1_024,
    signals: result.value.info.signals,
  }),
);
result.value[Symbol.dispose]();

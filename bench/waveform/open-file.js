// A process of its own, so that its memory is what opening one file takes: prints seconds and the largest size it had.
import { openWaveform } from "@novywave/waveform";

const started = performance.now();
const result = await openWaveform(process.argv[2]);
const seconds = (performance.now() - started) / 1_000;
if (!result.ok) throw new Error(result.error.message);
console.log(
  JSON.stringify({
    seconds,
    memory: process.resourceUsage().maxRSS * 1_024,
    signals: result.value.info.signals,
  }),
);
result.value[Symbol.dispose]();

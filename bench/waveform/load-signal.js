// Prints what the first question about the signal with the most changes, `top.clk`, takes: milliseconds, and those of
// processor time, of all threads.
import { openWaveform } from "@novywave/waveform";

const result = await openWaveform(process.argv[2]);
if (!result.ok) throw new Error(result.error.message);
const waveform = result.value;
const [clk] = await waveform.resolve(["top.clk"]);
const before = process.cpuUsage();
const started = performance.now();
const next = await waveform.findTransition(clk.signal, 2_000_000n, "next");
const milliseconds = performance.now() - started;
const used = process.cpuUsage(before);
if (next !== 2_000_005n) throw new Error(`the next change is at ${next}`);
console.log(JSON.stringify({ milliseconds, cpu: (used.user + used.system) / 1_000 }));
waveform[Symbol.dispose]();

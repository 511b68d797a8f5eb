import { waveformStatistics, type Statistics } from "@novywave/waveform";
import { formatTime } from "@novywave/waveform/format";
import { Command, InvalidArgumentError, Option } from "commander";
import { interruptible } from "../interruptible.js";
import { columns, formatSize, print, printJson, safeText } from "../output.js";
import { readProgress, waveformFailure } from "../waveform-report.js";

const MOST = 10_000;

/** `stats FILE` */
export function statsCommand(): Command {
  return new Command("stats")
    .description("Count what happens in a waveform file: its most active signals, densities, sizes.")
    .argument("<file>", "a waveform file")
    .addOption(
      new Option("--top <count>", "how many of the most active signals to name")
        .argParser(parseTop)
        .default(20),
    )
    .addOption(new Option("--json", "print the counts as JSON; times as decimal strings in ticks"))
    .addHelpText(
      "after",
      `
Examples:
  novywave stats run.fst
  novywave stats run.vcd --top 5 --json`,
    )
    .action(async (file: string, { top, json }: { top: number; json?: true }) => {
      const progress = readProgress(file);
      const counted = await interruptible((signal) =>
        waveformStatistics(file, { top, signal, onProgress: progress.update }).finally(progress.end),
      );
      if (!counted.ok) throw waveformFailure(counted.error);
      if (json) printJson(report(counted.value));
      else printForPeople(file, counted.value);
    });
}

function parseTop(text: string): number {
  const count = Number(text);
  if (!/^\d{1,5}$/.test(text) || count > MOST)
    throw new InvalidArgumentError(`It is a number from 0 to ${MOST}.`);
  return count;
}

/** Ticks between two changes, on average; `undefined` where there are not two. */
function interval({ info }: Statistics, transitions: number): number | undefined {
  return transitions > 1 ? Number(info.end - info.start) / (transitions - 1) : undefined;
}

/** What scripts rely on. */
function report(statistics: Statistics): object {
  const { info, active, ...counts } = statistics;
  return {
    format: info.format,
    bytes: info.bytes,
    timescale: `${info.timescale.magnitude}${info.timescale.unit}`,
    start: info.start,
    end: info.end,
    variables: info.variables,
    signals: info.signals,
    transitions: counts.transitions,
    times: counts.times,
    digits: counts.digits,
    widest: counts.widest,
    silent: counts.silent,
    constant: counts.constant,
    kinds: counts.kinds,
    bytesPerTransition: counts.transitions === 0 ? null : info.bytes / counts.transitions,
    active: active.map((own) => ({
      ...own,
      share: own.transitions / counts.transitions,
      interval: interval(statistics, own.transitions) ?? null,
    })),
  };
}

function printForPeople(file: string, statistics: Statistics): void {
  const { info, transitions, times, kinds, active } = statistics;
  const perTime = times === 0 ? 0 : transitions / times;
  const rows = [
    ["File", `${file}, ${info.format}, ${formatSize(info.bytes)}`],
    ["Time", `${formatTime(info.start, info.timescale)} to ${formatTime(info.end, info.timescale)}`],
    ["Signals", `${info.signals} under ${info.variables} names`],
    ["Bits", `${statistics.digits} in all, the widest signal has ${statistics.widest}`],
    ["Still", `${statistics.silent} signals never have a value, ${statistics.constant} never change it`],
    ["Transitions", `${transitions} at ${times} times, ${perTime.toFixed(1)} each`],
    ...Object.entries(kinds)
      .filter(([, own]) => own.signals > 0)
      .map(([kind, own]) => [`  ${kind}`, `${own.transitions} of ${own.signals} signals`]),
    ...(transitions === 0
      ? []
      : [["Density", `${(info.bytes / transitions).toFixed(1)} bytes of the file a transition`]]),
  ];
  print(safeText(columns(rows.map(([label = "", value = ""]) => [`${label}:`, value]))));
  if (active.length === 0) return;
  print("Most active:");
  print(
    safeText(
      columns(
        active.map((own) => [
          `  ${own.transitions}`,
          `${((100 * own.transitions) / transitions).toFixed(1)} %`,
          every(statistics, own.transitions),
          own.name,
        ]),
      ),
    ),
  );
}

function every(statistics: Statistics, transitions: number): string {
  const ticks = interval(statistics, transitions);
  if (ticks === undefined) return "once";
  const { timescale } = statistics.info;
  return ticks < 1 ? "every tick" : `every ${formatTime(BigInt(Math.round(ticks)), timescale)}`;
}

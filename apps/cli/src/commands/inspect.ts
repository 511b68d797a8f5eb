import { openWaveform, type Warning, type WaveformInfo } from "@novywave/waveform";
import { Command, Option } from "commander";
import { columns, formatSize, print, printJson, safeText } from "../output.js";
import { readProgress, waveformFailure } from "../waveform-report.js";

/** `inspect FILE` */
export function inspectCommand(): Command {
  return new Command("inspect")
    .description("Read a waveform file and show what it holds.")
    .argument("<file>", "a waveform file; its content decides the format, not its name")
    .addOption(
      new Option("--json", "print the facts as JSON: counts as numbers, times as decimal strings in ticks"),
    )
    .addHelpText(
      "after",
      "\nThe file is read as a whole. A file that breaks off is read up to there, with a warning.",
    )
    .action(async (file: string, { json }: { json?: true }) => {
      const progress = readProgress(file);
      const opened = await openWaveform(file, { onProgress: progress.update }).finally(progress.end);
      if (!opened.ok) throw waveformFailure(opened.error);
      using waveform = opened.value;
      const transitions = await waveform.countTransitions();
      if (json) printJson(report(waveform.info, transitions));
      else printForPeople(file, waveform.info, transitions);
    });
}

/** What scripts rely on. */
function report(info: WaveformInfo, transitions: number): object {
  const { format, start, end, scopes, variables, warning } = info;
  return {
    format,
    timescale: timescaleText(info),
    start,
    end,
    scopes,
    variables,
    signals: info.signals,
    transitions,
    ...(warning === undefined ? {} : { warning: warningReport(warning) }),
  };
}

function warningReport({ code, byte, time, message }: Warning): object {
  return { code, byte, ...(time === undefined ? {} : { time }), message };
}

function printForPeople(file: string, info: WaveformInfo, transitions: number): void {
  const rows: [string, string][] = [
    ["File", file],
    ["Format", `${info.format}, ${formatSize(info.bytes)}`],
    ...(info.version === undefined ? [] : [["Written by", info.version] as [string, string]]),
    ...(info.date === undefined ? [] : [["Date", info.date] as [string, string]]),
    ["Timescale", timescaleText(info)],
    ["Time", `${info.start} to ${info.end} ticks`],
    ["Scopes", String(info.scopes)],
    ["Variables", `${info.variables} (${info.signals} signals)`],
    ["Transitions", String(transitions)],
    ...info.warnings.map((warning): [string, string] => ["Warning", warning.message]),
  ];
  print(safeText(columns(rows.map(([label, value]) => [`${label}:`, value.replaceAll("\n", " ")]))));
}

function timescaleText({ timescale }: WaveformInfo): string {
  return `${timescale.magnitude}${timescale.unit}`;
}

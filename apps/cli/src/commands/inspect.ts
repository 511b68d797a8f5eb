import {
  openWaveform,
  type ScopeInfo,
  type VariableInfo,
  type Warning,
  type Waveform,
  type WaveformInfo,
} from "@novywave/waveform";
import { Command, Option } from "commander";
import { CommandFailure } from "../exit.js";
import { columns, formatSize, print, printJson, safeText } from "../output.js";
import { readProgress, waveformFailure } from "../waveform-report.js";

/** Items asked for at a time. */
const PAGE = 5_000;
/** Comments, and stretches without a dump, that are shown to people; JSON has all. */
const SHOWN = 10;

/** `inspect FILE` */
export function inspectCommand(): Command {
  return new Command("inspect")
    .description("Read a waveform file and show what it holds.")
    .argument("<file>", "a waveform file; its content decides the format, not its name")
    .addOption(new Option("--scope <name>", "list what is directly in a scope, by its full name"))
    .addOption(
      new Option("--json", "print the facts as JSON: counts as numbers, times as decimal strings in ticks"),
    )
    .addHelpText(
      "after",
      `
The file is read as a whole. A file that breaks off is read up to there, with a warning.

Examples:
  novywave inspect run.vcd                   format, times, counts
  novywave inspect run.ghw --scope tb.dut    the variables and scopes in tb.dut
  novywave inspect run.fst --json | jq .end`,
    )
    .action(async (file: string, { json, scope }: { json?: true; scope?: string }) => {
      const progress = readProgress(file);
      const opened = await openWaveform(file, { onProgress: progress.update }).finally(progress.end);
      if (!opened.ok) throw waveformFailure(opened.error);
      using waveform = opened.value;
      const content = scope === undefined ? undefined : await contentOf(waveform, file, scope);
      const transitions = await waveform.countTransitions();
      if (json) {
        printJson({
          ...report(waveform.info, transitions),
          ...(content && { scope: contentReport(content) }),
        });
      } else {
        if (content) printContent(content);
        else printForPeople(file, waveform.info, transitions);
      }
    });
}

interface ScopeContent {
  readonly scope: ScopeInfo;
  readonly scopes: readonly ScopeInfo[];
  readonly variables: readonly VariableInfo[];
}

async function contentOf(waveform: Waveform, file: string, name: string): Promise<ScopeContent> {
  const scope = await findScope(waveform, name);
  if (scope === undefined) {
    throw new CommandFailure(
      "not-in-file",
      `${file} has no scope ${name}. Scopes are named from the root: top.cpu`,
    );
  }
  return {
    scope,
    scopes: await all((offset) => waveform.scopes({ parent: scope.id, offset, limit: PAGE })),
    variables: await all((offset) => waveform.variables({ scope: scope.id, offset, limit: PAGE })),
  };
}

/** Goes down from the roots, into the scopes whose names the full name begins with. */
async function findScope(waveform: Waveform, name: string): Promise<ScopeInfo | undefined> {
  let level = await all((offset) => waveform.scopes({ offset, limit: PAGE }));
  for (;;) {
    const found = level.find(({ fullName }) => fullName === name);
    if (found) return found;
    const next: ScopeInfo[] = [];
    for (const { fullName, id } of level) {
      if (!name.startsWith(`${fullName}.`)) continue;
      next.push(...(await all((offset) => waveform.scopes({ parent: id, offset, limit: PAGE }))));
    }
    if (next.length === 0) return undefined;
    level = next;
  }
}

/** All items of a list that comes in pages. */
async function all<T>(page: (offset: number) => Promise<{ total: number; items: T[] }>): Promise<T[]> {
  const items: T[] = [];
  for (;;) {
    const { total, items: more } = await page(items.length);
    items.push(...more);
    if (items.length >= total || more.length === 0) return items;
  }
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
    ...(info.timeZero === undefined ? {} : { timeZero: info.timeZero }),
    ...(info.blackouts === undefined ? {} : { blackouts: info.blackouts }),
    ...(info.comments === undefined ? {} : { comments: info.comments }),
    ...(warning === undefined ? {} : { warning: warningReport(warning) }),
  };
}

function warningReport({ code, byte, time, message }: Warning): object {
  return { code, byte, ...(time === undefined ? {} : { time }), message };
}

function contentReport({ scope, scopes, variables }: ScopeContent): object {
  return {
    name: scope.fullName,
    kind: scope.kind,
    scopes: scopes.map(({ name, kind, ...own }) => ({
      name,
      kind,
      scopes: own.childScopes,
      variables: own.variables,
    })),
    variables: variables.map(({ name, kind, type, width, direction }) => ({
      name,
      kind,
      type,
      width,
      ...(direction === undefined ? {} : { direction }),
    })),
  };
}

function printContent({ scope, scopes, variables }: ScopeContent): void {
  const rows = [
    ...scopes.map(({ name, kind, ...own }) => [
      name,
      kind,
      `${own.variables} variables, ${own.childScopes} scopes`,
    ]),
    ...variables.map(({ name, type, kind, width, direction }) => [
      name,
      direction === undefined ? type : `${direction} ${type}`,
      kind === "bits" ? `${width} ${width === 1 ? "bit" : "bits"}` : kind,
    ]),
  ];
  print(safeText(`${scope.fullName} (${scope.kind})`));
  if (rows.length > 0) print(safeText(columns(rows.map(([name = "", ...rest]) => [`  ${name}`, ...rest]))));
}

function printForPeople(file: string, info: WaveformInfo, transitions: number): void {
  const rows: [string, string][] = [
    ["File", file],
    ["Format", `${info.format}, ${formatSize(info.bytes)}`],
    ...(info.version === undefined ? [] : [["Written by", info.version] as [string, string]]),
    ...(info.date === undefined ? [] : [["Date", info.date] as [string, string]]),
    ["Timescale", timescaleText(info)],
    ["Time", `${info.start} to ${info.end} ticks`],
    ...(info.timeZero === undefined ? [] : [["Time zero", `${info.timeZero} ticks`] as [string, string]]),
    ["Scopes", String(info.scopes)],
    ["Variables", `${info.variables} (${info.signals} signals)`],
    ["Transitions", String(transitions)],
    ...blackoutRows(info),
    ...(info.comments ?? []).slice(0, SHOWN).map((comment): [string, string] => ["Comment", comment]),
    ...info.warnings.map((warning): [string, string] => ["Warning", warning.message]),
  ];
  print(safeText(columns(rows.map(([label, value]) => [`${label}:`, value.replaceAll("\n", " ")]))));
}

/** When the simulator was told not to dump. */
function blackoutRows({ blackouts = [] }: WaveformInfo): [string, string][] {
  const rows = blackouts
    .slice(0, SHOWN)
    .map(({ from, to }): [string, string] => ["Not dumped", `${from} to ${to ?? "the end"}`]);
  const more = blackouts.length - rows.length;
  return more > 0 ? [...rows, ["Not dumped", `${more} times more`]] : rows;
}

function timescaleText({ timescale }: WaveformInfo): string {
  return `${timescale.magnitude}${timescale.unit}`;
}

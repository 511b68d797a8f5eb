import { compareWaveforms, type Comparison } from "@novywave/waveform";
import { formatTime, formatValue } from "@novywave/waveform/format";
import { Command, Option } from "commander";
import { CommandFailure, exitCodes } from "../exit.js";
import { interruptible } from "../interruptible.js";
import { columns, print, printJson, safeText } from "../output.js";
import { readProgress, waveformFailure } from "../waveform-report.js";

/** Lines of each kind that are shown to people. */
const MOST = 50;

const FEMTOSECONDS = { magnitude: 1, unit: "fs" } as const;

/** `diff A B` */
export function diffCommand(): Command {
  return new Command("diff")
    .description("Compare the values in two waveform files, of the same format or not.")
    .argument("<a>", "a waveform file")
    .argument("<b>", "another one")
    .addOption(new Option("--json", "print all that differs as JSON; times in femtoseconds"))
    .addHelpText(
      "after",
      `
Variables are matched by their full names, and compared at every time up to the earlier end; ticks of different length
are converted exactly. A variable of bits that has no value yet is x; reals are compared by the 16 digits that VCD has of
them. Files differ also where only one has a variable,
where a variable has another width, and where one file starts or ends at another time.

Exit codes: 0 the files are equal, 1 they differ, 2 one cannot be read.

Examples:
  novywave diff before.vcd after.vcd
  novywave diff golden.fst run.fst --json > difference.json
  novywave diff a.vcd b.vcd || echo "the waveforms differ"`,
    )
    .action(async (a: string, b: string, { json }: { json?: true }) => {
      const progress = readProgress(a);
      const compared = await interruptible((signal) =>
        compareWaveforms(a, b, { signal, onProgress: progress.update }).finally(progress.end),
      );
      if (!compared.ok) {
        const { code, message } = waveformFailure(compared.error);
        throw new CommandFailure(code, message, exitCodes.usage);
      }
      const equal = isEqual(compared.value);
      if (json) printJson(report(compared.value, equal));
      else printForPeople(a, b, compared.value);
      if (!equal) process.exitCode = exitCodes.failed;
    });
}

function isEqual({ differences, onlyInA, onlyInB, changedWidth, range }: Comparison): boolean {
  const differ = differences.length + onlyInA.length + onlyInB.length + changedWidth.length;
  return differ === 0 && range.a[0] === range.b[0] && range.a[1] === range.b[1];
}

/** What scripts rely on. */
function report(comparison: Comparison, equal: boolean): object {
  const { compared, differences, onlyInA, onlyInB, changedWidth, range } = comparison;
  return {
    equal,
    compared,
    differences: differences.map(({ name, time, a, b }) => ({ name, time, a: a ?? null, b: b ?? null })),
    onlyInA,
    onlyInB,
    changedWidth,
    range: { a: { start: range.a[0], end: range.a[1] }, b: { start: range.b[0], end: range.b[1] } },
  };
}

function printForPeople(a: string, b: string, comparison: Comparison): void {
  const { compared, differences, onlyInA, onlyInB, changedWidth, range } = comparison;
  if (differences.length > 0) {
    list(
      `${differences.length} of ${compared} variables differ; where first, and the values then:`,
      differences.map((own) => [own.name, `at ${time(own.time)}`, `${shown(own.a)} | ${shown(own.b)}`]),
    );
  } else {
    print(`${compared} variables are equal`);
  }
  list(
    `${changedWidth.length} have another width:`,
    changedWidth.map((own) => [own.a, own.b]),
  );
  list(
    `${onlyInA.length} only in ${a}:`,
    onlyInA.map((name) => [name]),
  );
  list(
    `${onlyInB.length} only in ${b}:`,
    onlyInB.map((name) => [name]),
  );
  if (range.a[0] !== range.b[0] || range.a[1] !== range.b[1]) {
    print(
      `They span ${time(range.a[0])} to ${time(range.a[1])}, and ${time(range.b[0])} to ${time(range.b[1])}`,
    );
  }
}

function time(femtoseconds: bigint): string {
  return femtoseconds === 0n ? "0" : formatTime(femtoseconds, FEMTOSECONDS);
}

function list(title: string, rows: readonly (readonly string[])[]): void {
  if (rows.length === 0) return;
  print(safeText(title));
  print(safeText(columns(rows.slice(0, MOST).map(([first = "", ...rest]) => [`  ${first}`, ...rest]))));
  if (rows.length > MOST) print(`  and ${rows.length - MOST} more; --json has all`);
}

/** Digits of more than one bit in hexadecimal; everything else as it is. */
function shown(value: string | undefined): string {
  if (value === undefined) return "none";
  const text = /^[01xzuwlh-]{2,}$/.test(value) ? formatValue(value, "hex") : value;
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}

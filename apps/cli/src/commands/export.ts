import { exportVcd } from "@novywave/waveform";
import { Command, Option } from "commander";
import { interruptible } from "../interruptible.js";
import { formatSize, print, printJson, safeText } from "../output.js";
import { collect } from "../parse-option.js";
import { readProgress, waveformFailure } from "../waveform-report.js";

interface ExportOptions {
  readonly output: string;
  readonly scope?: string;
  readonly signals: readonly string[];
  readonly from?: string;
  readonly to?: string;
  readonly json?: true;
}

/** `export FILE -o OUT` */
export function exportCommand(): Command {
  return new Command("export")
    .description("Write any readable waveform file as VCD.")
    .argument("<file>", "a waveform file")
    .addOption(
      new Option(
        "-o, --output <file>",
        "the file to write; replaced as a whole or not at all",
      ).makeOptionMandatory(),
    )
    .addOption(new Option("--scope <name>", "only what is in this scope, at any depth"))
    .addOption(
      new Option("--signals <names>", "only these variables, separated by commas; may be given several times")
        .argParser(collect)
        .default([], "all"),
    )
    .addOption(new Option("--from <time>", "begin here, with the values that are in force"))
    .addOption(new Option("--to <time>", "end here; changes at this time are written"))
    .addOption(new Option("--json", "print what was written as JSON"))
    .addHelpText(
      "after",
      `
Variables are named in full, with or without their range; * stands for any characters. With --scope, names below the
scope do as well. Times have a unit (1.5us, 20ns) or count ticks of the file.

Examples:
  novywave export run.fst -o run.vcd
  novywave export run.ghw -o dut.vcd --scope tb.dut
  novywave export run.vcd -o part.vcd --signals 'tb.clk,tb.dut.*' --from 1us --to 1.5us`,
    )
    .action(async (file: string, options: ExportOptions) => {
      const { output, scope, from, to, json } = options;
      const names = options.signals.flatMap((list) => list.split(",")).map((name) => name.trim());
      const selection = { scope, signals: names.length === 0 ? undefined : names, from, to };
      const progress = readProgress(file);
      const exported = await interruptible((signal) =>
        exportVcd(file, output, { signal, selection, onProgress: progress.update }).finally(progress.end),
      );
      if (!exported.ok) throw waveformFailure(exported.error);
      const { bytes, variables, transitions } = exported.value;
      if (json) printJson({ output, bytes, variables, transitions });
      else
        print(
          safeText(`${output}: ${formatSize(bytes)}, ${variables} variables, ${transitions} transitions`),
        );
    });
}

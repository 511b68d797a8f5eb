import { exportVcd } from "@novywave/waveform";
import { Command, Option } from "commander";
import { interruptible } from "../interruptible.js";
import { formatSize, print, printJson, safeText } from "../output.js";
import { readProgress, waveformFailure } from "../waveform-report.js";

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
    .addOption(new Option("--json", "print what was written as JSON"))
    .addHelpText("after", "\nExample: novywave export run.vcd -o copy.vcd")
    .action(async (file: string, { output, json }: { output: string; json?: true }) => {
      const progress = readProgress(file);
      const exported = await interruptible((signal) =>
        exportVcd(file, output, { signal, onProgress: progress.update }).finally(progress.end),
      );
      if (!exported.ok) throw waveformFailure(exported.error);
      const { bytes, transitions, info } = exported.value;
      if (json) printJson({ output, bytes, variables: info.variables, transitions });
      else
        print(
          safeText(
            `${output}: ${formatSize(bytes)}, ${info.variables} variables, ${transitions} transitions`,
          ),
        );
    });
}

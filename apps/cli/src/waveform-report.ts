import { basename } from "node:path";
import type { ReadProgress, WaveformError } from "@novywave/waveform";
import { CommandFailure } from "./exit.js";
import { progressLine, safeText } from "./output.js";

/** How the command line tells that a waveform cannot be read or written. */
export function waveformFailure({ code, message, path }: WaveformError): CommandFailure {
  return new CommandFailure(code, message.includes(path) ? message : `${path}: ${message}`);
}

/** Shows how far reading is, where somebody can see it. */
export function readProgress(file: string): {
  readonly update: (progress: ReadProgress) => void;
  readonly end: () => void;
} {
  const line = progressLine();
  const name = safeText(basename(file));
  return {
    update: ({ phase, bytesRead, bytesTotal }) =>
      line.update(`${name}: ${phase} ${bytesTotal > 0 ? Math.floor((100 * bytesRead) / bytesTotal) : 100} %`),
    end: () => line.end(),
  };
}

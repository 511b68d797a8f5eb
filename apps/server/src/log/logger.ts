import { pino, type Logger } from "pino";
import type { RotatingFile } from "./rotating-file.js";

export type { Logger } from "pino";

/** The structured log: one JSON object per line with `time`, `level` (a name) and `msg`. */
export function createLogger(file: RotatingFile, level: string): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    { write: (line: string) => file.write(line) },
  );
}

import { pino, type Logger } from "pino";
import type { RotatingFile } from "./rotating-file.js";

export type { Logger } from "pino";

/** The structured log: one JSON object per line with `time`, `level` (a name), `workspace` (its folder) and `msg`. */
export function createLogger(file: RotatingFile, level: string, workspace: string): Logger {
  return pino(
    {
      level,
      // Servers of several workspaces write into one file.
      base: { workspace },
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    { write: (line: string) => file.write(line) },
  );
}

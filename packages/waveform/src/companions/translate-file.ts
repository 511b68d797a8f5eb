import type { Result } from "@novywave/base";
import { readCompanion, Warnings, type CompanionError, type CompanionWarning } from "./companion-text.js";

const MAX_ENTRIES = 1_000_000;

export interface Translation {
  readonly text: string;
  /** A colour by its name, as X11 knows it. */
  readonly color?: string;
}

/** A translate file of GTKWave: the text that is shown for a value. */
export interface TranslateTable {
  readonly size: number;
  /** What stands for a value, which is written as the trace's format writes it; case does not matter. */
  find(value: string): Translation | undefined;
  readonly warnings: readonly CompanionWarning[];
}

/**
 * Reads a translate file: a value and the text for it on each line, `00 IDLE`, `1f ?red?ERROR`. Lines that begin with `#`
 * are comments. Of several texts for one value the first counts.
 */
export function parseTranslateFile(text: string): Result<TranslateTable, CompanionError> {
  const warnings = new Warnings();
  const entries = new Map<string, Translation>();
  return readCompanion(
    text,
    (line, number) => {
      const trimmed = line.trim();
      if (trimmed === "" || trimmed.startsWith("#")) return;
      const match = /^(\S+)\s+(.*)$/s.exec(trimmed);
      const value = match?.[1];
      if (value === undefined) {
        warnings.add(number, `There is no text for the value ${trimmed.slice(0, 40)}`);
      } else if (entries.has(value.toLowerCase())) {
        warnings.add(number, `The value ${value.slice(0, 40)} had a text before`);
      } else if (entries.size >= MAX_ENTRIES) {
        warnings.add(number, `Only the first ${MAX_ENTRIES} values are kept`);
      } else {
        entries.set(value.toLowerCase(), translation(match?.[2] ?? ""));
      }
    },
    () => ({
      size: entries.size,
      find: (value) => entries.get(value.toLowerCase()),
      warnings: warnings.list,
    }),
  );
}

function translation(text: string): Translation {
  const match = /^\?([^?]*)\?(.*)$/s.exec(text);
  return match === null ? { text } : { text: match[2] ?? "", color: match[1] ?? "" };
}

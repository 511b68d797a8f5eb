import { err, ok, type Result } from "@novywave/base";

/** Why a file beside a waveform could not be read. */
export interface CompanionError {
  readonly message: string;
  /** From 1; absent where it is about the file as a whole. */
  readonly line?: number;
}

/** Something in such a file that was passed over. */
export interface CompanionWarning {
  readonly line: number;
  readonly message: string;
}

/** Larger ones are no save or translate file. */
export const MAX_COMPANION_CHARACTERS = 16 << 20;
const MAX_LINE = 1 << 20;
const MAX_WARNINGS = 100;

/** Thrown while a file is read, and turned into the error of the result by {@link readCompanion}. */
export class CompanionFailure extends Error {
  override readonly name = "CompanionFailure";
  readonly line: number | undefined;

  constructor(message: string, line?: number) {
    super(message);
    this.line = line;
  }
}

/** Hands each line to `take`, with its number, and returns what `finish` makes of them. */
export function readCompanion<T>(
  text: string,
  take: (line: string, number: number) => void,
  finish: () => T,
): Result<T, CompanionError> {
  try {
    if (text.length > MAX_COMPANION_CHARACTERS) {
      throw new CompanionFailure(`The file is longer than ${MAX_COMPANION_CHARACTERS} characters`);
    }
    if (text.includes("\0")) throw new CompanionFailure("This is no text");
    let number = 0;
    for (let from = 0; from < text.length;) {
      const end = text.indexOf("\n", from);
      const to = end < 0 ? text.length : end;
      number++;
      if (to - from > MAX_LINE)
        throw new CompanionFailure(`A line is longer than ${MAX_LINE} characters`, number);
      const line = text.slice(from, to);
      take(line.endsWith("\r") ? line.slice(0, -1) : line, number);
      from = to + 1;
    }
    return ok(finish());
  } catch (error) {
    if (!(error instanceof CompanionFailure)) throw error;
    const { message, line } = error;
    return err(line === undefined ? { message } : { message: `Line ${line}: ${message}`, line });
  }
}

/** Warnings of one file; of many the first are kept. */
export class Warnings {
  readonly list: CompanionWarning[] = [];

  add(line: number, message: string): void {
    if (this.list.length < MAX_WARNINGS) this.list.push({ line, message });
  }
}

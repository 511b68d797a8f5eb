import type { WaveformError, WaveformErrorCode } from "./model.js";

/** Where in a file something is wrong. */
export interface Place {
  readonly byte: number;
  readonly line?: number;
}

/**
 * Ends a read (or an export) with an expected failure. Readers are deep and hot, so inside the worker a failure travels
 * as an exception; {@link toWaveformError} turns it into the value that callers see.
 */
export class ReadFailure extends Error {
  override readonly name = "ReadFailure";
  readonly code: WaveformErrorCode;
  readonly byte: number | undefined;
  readonly line: number | undefined;

  constructor(code: WaveformErrorCode, message: string, place?: Place) {
    super(message);
    this.code = code;
    this.byte = place?.byte;
    this.line = place?.line;
  }
}

/** The value for `thrown`, when it is an expected failure; `undefined` when it is a bug. */
export function toWaveformError(thrown: unknown, path: string): WaveformError | undefined {
  if (thrown instanceof ReadFailure) {
    const where =
      thrown.byte === undefined
        ? ""
        : ` (byte ${thrown.byte}${thrown.line === undefined ? "" : `, line ${thrown.line}`})`;
    return {
      code: thrown.code,
      message: thrown.message + where,
      path,
      ...(thrown.byte === undefined ? {} : { byte: thrown.byte }),
      ...(thrown.line === undefined ? {} : { line: thrown.line }),
    };
  }
  if (thrown instanceof RangeError && /allocation|array length|invalid array buffer/i.test(thrown.message)) {
    return {
      code: "out-of-memory",
      message: `There is not enough memory to read this file: ${thrown.message}`,
      path,
    };
  }
  return undefined;
}

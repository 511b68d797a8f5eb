/**
 * What is wrong: `syntax` (no TOML), `encoding` (no UTF-8), `too-large`, `invalid-value`, `missing-key`, `unknown-key`,
 * `duplicate-id`, `schema-version-newer` (written by a newer program), `not-a-file`, `read-only`, `io`, `locked` (another
 * program holds the lock), `conflict` (others keep changing the file), `edit-refused`.
 */
export type ConfigErrorCode =
  | "syntax"
  | "encoding"
  | "too-large"
  | "invalid-value"
  | "missing-key"
  | "unknown-key"
  | "duplicate-id"
  | "schema-version-newer"
  | "not-a-file"
  | "read-only"
  | "io"
  | "locked"
  | "conflict"
  | "edit-refused";

/** Something wrong with a configuration, told to the person who wrote it. */
export interface ConfigError {
  readonly code: ConfigErrorCode;
  /** One sentence or two: what, and what to do. Does not repeat line and column. */
  readonly message: string;
  /** Counts from 1. */
  readonly line?: number;
  /** Counts from 1, in Unicode characters. */
  readonly column?: number;
  /** Where in the document, as `plugins.entries[0].enabled`. */
  readonly path?: string;
  /** What was expected there. */
  readonly expected?: string;
  /** What stands there instead, shortened. */
  readonly found?: string;
}

/** The error on one line, with its place: `.novywave:3:11: message`. */
export function formatConfigError(error: ConfigError, file = ".novywave"): string {
  const place = error.line === undefined ? "" : `:${error.line}:${error.column ?? 1}`;
  return `${file}${place}: ${error.message}`;
}

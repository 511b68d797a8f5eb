/** Why a plugin was not built. */
export interface BuildError {
  readonly code:
    | "manifest-missing"
    | "manifest-invalid"
    | "source-missing"
    | "source-invalid"
    | "import-refused"
    | "capability-mismatch"
    | "export-missing"
    | "componentize-failed"
    | "duplicate-id"
    | "write-failed"
    | "cancelled";
  readonly message: string;
  /** What the author can do about it. */
  readonly action: string;
  /** Absolute path of the file at fault. */
  readonly file?: string;
  /** Counted from 1. */
  readonly line?: number;
  /** Counted from 1. */
  readonly column?: number;
}

/** One line a part: `file:line:column: message`, then what to do. */
export function formatBuildError(error: BuildError): string {
  const place = [error.file, error.line, error.column].filter((part) => part !== undefined).join(":");
  return `${place ? `${place}: ` : ""}${error.message}\n  ${error.action}`;
}

/** Throws the {@link BuildFailure} of a build whose `signal` was aborted. */
export function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted !== true) return;
  throw new BuildFailure({
    code: "cancelled",
    message: "the build was cancelled",
    action: "Nothing was written; start it again.",
  });
}

/** Carries a {@link BuildError} through code that can only throw, such as a bundler's hooks. */
export class BuildFailure extends Error {
  override readonly name = "BuildFailure";
  readonly detail: BuildError;

  constructor(detail: BuildError) {
    super(formatBuildError(detail));
    this.detail = detail;
  }
}

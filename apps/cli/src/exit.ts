/** What the process answers. Scripts rely on these. */
export const exitCodes = {
  ok: 0,
  failed: 1,
  usage: 2,
  incompatible: 3,
  consentNeeded: 4,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** Ends a command: an expected failure, told to the person at the terminal. */
export class CommandFailure extends Error {
  override readonly name = "CommandFailure";
  /** For programs; kebab-case. */
  readonly code: string;
  readonly exitCode: ExitCode;

  /** @param message what happened, where, and what to do */
  constructor(code: string, message: string, exitCode: ExitCode = exitCodes.failed) {
    super(message);
    this.code = code;
    this.exitCode = exitCode;
  }
}

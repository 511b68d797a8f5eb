/**
 * Why an edit was not made. `bad-path`: it leads nowhere; `bad-value`: TOML cannot hold the value; `invalid-document`:
 * the text is no TOML; `not-clean`: the change could not be made without touching something else.
 */
export type EditRefusedCode = "bad-path" | "bad-value" | "invalid-document" | "not-clean";

/** An edit that was refused; the document is as it was. `line` and `column` count from 1. */
export interface EditRefused {
  readonly code: EditRefusedCode;
  readonly message: string;
  readonly line?: number;
  readonly column?: number;
}

/** Carries an {@link EditRefused} out of a recursion; caught where editing begins. */
export class Refusal extends Error {
  readonly code: EditRefusedCode;

  constructor(code: EditRefusedCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** A path as a person reads it: `plugins.entries[1].enabled`. */
export function showPath(path: readonly (string | number)[]): string {
  let out = "";
  for (const step of path) {
    if (typeof step === "number") out += `[${step}]`;
    else {
      const key = /^[A-Za-z0-9_-]+$/.test(step) ? step : JSON.stringify(step);
      out += out === "" ? key : `.${key}`;
    }
  }
  return out === "" ? "the document" : out;
}

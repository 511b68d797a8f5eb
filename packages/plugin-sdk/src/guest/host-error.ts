/** A call of the host failed. `code` is the case of the interface's error, such as `not-found`. */
export class HostError extends Error {
  override readonly name = "HostError";
  /** Interface and function, such as `filesystem.find-files`. */
  readonly call: string;
  readonly code: string;
  /** What the host says about it; empty for a case without text. */
  readonly detail: string;

  constructor(call: string, code: string, detail: string) {
    super(`${call}: ${code}${detail ? ` (${detail})` : ""}`);
    this.call = call;
    this.code = code;
    this.detail = detail;
  }
}

/** Runs a host call and turns the error of its `result`, which arrives as `payload` of an exception, into a {@link HostError}. */
export function hostCall<T>(call: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    const payload: unknown = isRecord(error) ? error["payload"] : undefined;
    if (!isRecord(payload) || typeof payload["tag"] !== "string") throw error;
    throw new HostError(call, payload["tag"], typeof payload["val"] === "string" ? payload["val"] : "");
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

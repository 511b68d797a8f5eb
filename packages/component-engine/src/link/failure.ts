import { EngineError, type EngineErrorCode } from "../errors.js";

/** What the engine answers with when running guest code threw. */
export function guestFailure(thrown: unknown, where: string): EngineError {
  if (thrown instanceof EngineError) return thrown;
  if (thrown instanceof WebAssembly.RuntimeError) {
    return new EngineError("trap", `${where} trapped: ${thrown.message}`, { cause: thrown });
  }
  if (thrown instanceof RangeError && /call stack/i.test(thrown.message)) {
    return new EngineError("trap", `${where} ran out of stack: ${thrown.message}`, { cause: thrown });
  }
  const text = thrown instanceof Error ? thrown.message : "an exception left the guest";
  return new EngineError("trap", `${where} failed: ${text}`, { cause: thrown });
}

/** An error of `code` that keeps what was thrown. */
export function failure(code: EngineErrorCode, message: string, cause: unknown): EngineError {
  return new EngineError(code, message, { cause });
}

export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

import { EngineError, type EngineErrorCode } from "../errors.js";

/** `instanceof` for what the host may have thrown: a proxy can throw when it is asked. */
export function isA<T>(thrown: unknown, type: abstract new (...args: never[]) => T): thrown is T {
  try {
    return thrown instanceof type;
  } catch {
    return false;
  }
}

/** Whether a value can have properties: an object or a function. */
export function isObject(value: unknown): value is object {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}

/** What the engine answers with when running guest code threw. */
export function guestFailure(thrown: unknown, where: string): EngineError {
  if (isA(thrown, EngineError)) return thrown;
  return failure("trap", `${where} ${outcome(thrown)}`, thrown);
}

function outcome(thrown: unknown): string {
  if (isA(thrown, WebAssembly.RuntimeError)) return `trapped: ${thrown.message}`;
  if (isStackOverflow(thrown)) return `ran out of stack: ${messageOf(thrown)}`;
  return `failed: ${isA(thrown, Error) ? messageOf(thrown) : "an exception left the guest"}`;
}

/** V8 and WebKit throw a RangeError, Firefox an InternalError. */
export function isStackOverflow(thrown: unknown): boolean {
  return isA(thrown, Error) && /call stack|too much recursion/i.test(messageOf(thrown));
}

/** An error of `code` that keeps what was thrown. */
export function failure(code: EngineErrorCode, message: string, cause: unknown): EngineError {
  return new EngineError(code, message, { cause });
}

/** What was thrown, in words. The host can throw anything, also what throws when it is looked at. */
export function messageOf(thrown: unknown): string {
  try {
    const message: unknown = isA(thrown, Error) ? thrown.message : thrown;
    return String(message);
  } catch {
    return "what cannot be shown";
  }
}

/**
 * Every way in which the engine fails.
 *
 * | code | meaning |
 * | --- | --- |
 * | `not-a-component` | the bytes are a core module, or no WebAssembly at all |
 * | `malformed` | the bytes break the component binary format; `offset` says where |
 * | `invalid` | well-formed, but an index, a type or a name is wrong |
 * | `unsupported` | a feature that this engine refuses; the message names it |
 * | `limit-exceeded` | a limit of `EngineLimits` was reached; the message names it and its number |
 * | `module-rejected` | the platform did not accept a core module |
 * | `missing-import` | the component needs an import that was not given |
 * | `bad-import` | the import that was given is no function |
 * | `link-failed` | a core module could not be instantiated |
 * | `bad-argument` | an export was called with a value that does not fit its type; the instance lives on |
 * | `bad-import-value` | a host import returned, or threw as payload, a value that does not fit its type |
 * | `import-failed` | a host import threw something that is not the error of its result; see `cause` |
 * | `trap` | the guest trapped: unreachable, out of bounds, stack overflow; see `cause` |
 * | `bad-guest-value` | the guest handed over a value that breaks the canonical ABI |
 * | `reentered` | an export was called while the guest was running |
 * | `poisoned` | the instance died earlier; `cause` is the first error |
 * | `disposed` | the instance was disposed |
 */
export type EngineErrorCode =
  | "not-a-component"
  | "malformed"
  | "invalid"
  | "unsupported"
  | "limit-exceeded"
  | "module-rejected"
  | "missing-import"
  | "bad-import"
  | "link-failed"
  | "bad-argument"
  | "bad-import-value"
  | "import-failed"
  | "trap"
  | "bad-guest-value"
  | "reentered"
  | "poisoned"
  | "disposed";

/**
 * What the engine throws. `offset` is a byte offset into the component, where one is known; `limit` is the field of
 * `EngineLimits` that was reached.
 */
export class EngineError extends Error {
  override readonly name = "EngineError";
  readonly code: EngineErrorCode;
  declare readonly offset?: number;
  declare readonly limit?: string;

  constructor(
    code: EngineErrorCode,
    message: string,
    detail: { offset?: number | undefined; cause?: unknown; limit?: string | undefined } = {},
  ) {
    const { offset, limit } = detail;
    super(offset === undefined ? message : `${message} (at byte ${offset})`, detail);
    this.code = code;
    if (offset !== undefined) this.offset = offset;
    if (limit !== undefined) this.limit = limit;
  }
}

/** Well-formed, but against the rules. */
export function invalid(message: string, offset?: number): EngineError {
  return new EngineError("invalid", message, { offset });
}

/** A feature that the engine refuses. */
export function unsupported(feature: string, offset?: number): EngineError {
  return new EngineError("unsupported", feature, { offset });
}

/**
 * The `err` of a function whose WIT type is a `result`. Exports throw it; host imports throw it to answer with an error.
 * It never poisons an instance.
 */
export class ResultError<E = unknown> extends Error {
  override readonly name = "ResultError";
  readonly payload: E;

  constructor(payload: E, message: string = describePayload(payload)) {
    super(message);
    this.payload = payload;
  }
}

function describePayload(payload: unknown): string {
  if (typeof payload === "string") return payload;
  if (typeof payload === "object" && payload !== null && "tag" in payload) {
    const val = "val" in payload && typeof payload.val === "string" ? `: ${payload.val}` : "";
    return `${String(payload.tag)}${val}`;
  }
  return "the function returned an error";
}

/** Thrown by {@link assert}: the program is wrong, not its input. */
export class AssertionError extends Error {
  override readonly name = "AssertionError";
}

/** States what the program relies on. Throws {@link AssertionError} if it does not hold. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new AssertionError(message);
}

/** The value, which the program knows to be there. Throws {@link AssertionError} if it is not. */
export function defined<T>(value: T | undefined | null, what: string): T {
  if (value === undefined || value === null) throw new AssertionError(`${what} is missing`);
  return value;
}

/** Closes a `switch` over a union: compiles only while every case is handled. */
export function assertNever(value: never): never {
  throw new AssertionError(`unhandled case: ${JSON.stringify(value)}`);
}

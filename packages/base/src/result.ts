/** The outcome of something that can be expected to fail. A bug throws; an expected failure is a `Result`. */
export type Result<T, E> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: E };

/** A success that carries `value`. */
export function ok(): Result<void, never>;
export function ok<T>(value: T): Result<T, never>;
export function ok<T>(value?: T): Result<T | undefined, never> {
  return { ok: true, value };
}

/** A failure that carries `error`. */
export function err<E>(error: E): Result<never, E> {
  return { ok: false, error };
}

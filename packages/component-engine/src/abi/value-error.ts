import { EngineError } from "../errors.js";
import { isA, isStackOverflow, messageOf } from "../link/failure.js";

/** A JavaScript value that does not fit its WIT type. Becomes `bad-argument` or `bad-import-value` at the call. */
export class ValueError extends Error {
  override readonly name = "ValueError";
  readonly #path: string[] = [];

  /** Notes where the value stands: `within("name")` while leaving field `name`. */
  within(step: string): this {
    this.#path.unshift(step);
    return this;
  }

  describe(): string {
    return this.#path.length === 0 ? this.message : `${this.#path.join(".")}: ${this.message}`;
  }
}

/**
 * What to throw when lowering a part of a value failed; `step` says which part. What is thrown is the value's fault, unless the guest
 * died of it or the stack is used up.
 */
export function failedWithin(
  step: string,
  thrown: unknown,
  guest: { readonly state: { readonly dead: boolean } },
): unknown {
  return guest.state.dead || isStackOverflow(thrown) ? thrown : valueErrorOf(thrown).within(step);
}

/** What went wrong while a value of JavaScript was looked at: its getters and proxies can throw anything. */
export function valueErrorOf(thrown: unknown): ValueError {
  if (isA(thrown, ValueError)) return thrown;
  return new ValueError(`reading it threw: ${messageOf(thrown)}`, { cause: thrown });
}

export function expected(what: string, value: unknown): ValueError {
  return new ValueError(`expected ${what}, found ${show(value)}`);
}

function show(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "function" || typeof value === "symbol") return `a ${typeof value}`;
  if (typeof value !== "object" || value === null) return String(value);
  if (Array.isArray(value)) return "an array";
  return value instanceof Promise ? "a promise (calls are synchronous)" : "an object";
}

/** The guest broke the canonical ABI: the call ends and the instance with it. */
export function guestError(message: string): EngineError {
  return new EngineError("bad-guest-value", message);
}

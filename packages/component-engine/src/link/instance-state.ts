import { EngineError } from "../errors.js";
import type { EngineLimits } from "../limits.js";

/** What all parts of one running component share: whether it lives, and what the current call may still lift. */
export class InstanceState {
  readonly limits: EngineLimits;
  /** The error that ended the instance. */
  poisoned: EngineError | undefined;
  /** Whether a call from the host is under way: nothing of the component can be called until it is over. */
  running = false;
  bytesLeft = 0;
  elementsLeft = 0;

  constructor(limits: EngineLimits) {
    this.limits = limits;
  }

  /** Ends the instance; the first cause stays. Answers with `error`. */
  poison(error: EngineError): EngineError {
    this.poisoned ??= error;
    return error;
  }

  /** What a call to an ended instance throws. */
  deadError(): EngineError {
    const first = this.poisoned;
    return new EngineError("poisoned", `the instance died earlier: ${first?.message ?? "unknown"}`, {
      cause: first,
    });
  }
}

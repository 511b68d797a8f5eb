import { EngineError } from "../errors.js";
import type { EngineLimits } from "../limits.js";

/** What all parts of one running component share: whether it lives, and what the current call may still lift. */
export class InstanceState {
  readonly limits: EngineLimits;
  /** The error that ended the instance. */
  poisoned: EngineError | undefined;
  /** Whether the instance has ended. A plain field: where the stack is used up, it can be set when nothing can be called. */
  dead = false;
  /** Whether a call from the host is under way: nothing of the component can be called until it is over. */
  running = false;
  bytesLeft = 0;
  elementsLeft = 0;

  constructor(limits: EngineLimits) {
    this.limits = limits;
  }

  /** Ends the instance; the first cause stays. Answers with `error`. */
  poison(error: EngineError): EngineError {
    this.dead = true;
    this.poisoned ??= error;
    return error;
  }

  /** What a call to an ended instance throws. */
  deadError(): EngineError {
    this.poisoned ??= new EngineError("trap", "the guest ran out of stack");
    const first = this.poisoned;
    if (first.code === "disposed") return new EngineError("disposed", first.message);
    return new EngineError("poisoned", `the instance died earlier: ${first.message}`, { cause: first });
  }
}

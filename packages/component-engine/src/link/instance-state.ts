import type { PassedTexts } from "../abi/passed-texts.js";
import { EngineError } from "../errors.js";
import type { EngineLimits } from "../limits.js";

/** What all parts of one running component share: whether it lives, and what the current call may still lift. */
export class InstanceState {
  readonly limits: EngineLimits;
  readonly texts: PassedTexts | undefined;
  /** Whether the instance has ended. A plain field: where the stack is used up, it can be set when nothing can be called. */
  dead = false;
  /** Whether a call from the host is under way: nothing of the component can be called until it is over. */
  running = false;
  /** Bytes lifted so far, in all calls, and how far it may go in this one. */
  bytesLifted = 0;
  mostBytes = 0;
  elementsLeft = 0;
  #first: EngineError | undefined;

  constructor(limits: EngineLimits, texts: PassedTexts | undefined) {
    this.limits = limits;
    this.texts = texts;
  }

  /** Ends the instance; the first cause stays. Answers with `error`. */
  poison(error: EngineError): EngineError {
    this.dead = true;
    this.#first ??= error;
    return error;
  }

  /** The error that ended the instance, if it has ended. */
  get cause(): EngineError | undefined {
    return this.dead ? this.#end() : undefined;
  }

  /** What a call to an ended instance throws. */
  deadError(): EngineError {
    const first = this.#end();
    if (first.code === "disposed") return new EngineError("disposed", first.message);
    return new EngineError("poisoned", `the instance died earlier: ${first.message}`, { cause: first });
  }

  /** Where no error could be made, it was for want of stack. */
  #end(): EngineError {
    this.#first ??= new EngineError("trap", "the guest ran out of stack");
    return this.#first;
  }
}

import { EngineError } from "../errors.js";
import type { EngineLimits } from "../limits.js";

/** Bytes of texts for which an instance keeps memory. */
const maxTextMemory = 2 ** 21;

/** What all parts of one running component share: whether it lives, and what the current call may still lift. */
export class InstanceState {
  readonly limits: EngineLimits;
  /** Bytes from which on texts in UTF-8 are lifted as they are. */
  readonly utf8From: number;
  /** Whether the instance has ended. A plain field: where the stack is used up, it can be set when nothing can be called. */
  dead = false;
  /** Whether a call from the host is under way: nothing of the component can be called until it is over. */
  running = false;
  /** Bytes lifted so far, in all calls, and how far it may go in this one. */
  bytesLifted = 0;
  mostBytes = 0;
  elementsLeft = 0;
  #textMemory = new Uint8Array(0);
  #textBytes = 0;
  #first: EngineError | undefined;

  constructor(limits: EngineLimits, utf8From: number) {
    this.limits = limits;
    this.utf8From = utf8From;
  }

  /** What {@link copyText} made before is not used any more. */
  dropTexts(): void {
    this.#textBytes = 0;
  }

  /** A copy of a text's bytes, in memory that is used again: fresh memory costs more than the copying. */
  copyText(bytes: Uint8Array): Uint8Array {
    if (bytes.length > maxTextMemory) return bytes.slice();
    if (this.#textBytes + bytes.length > this.#textMemory.length) {
      const size = Math.min(this.#textMemory.length * 2, maxTextMemory);
      this.#textMemory = new Uint8Array(Math.max(size, bytes.length));
      this.#textBytes = 0;
    }
    const copy = this.#textMemory.subarray(this.#textBytes, this.#textBytes + bytes.length);
    this.#textBytes += bytes.length;
    copy.set(bytes);
    return copy;
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

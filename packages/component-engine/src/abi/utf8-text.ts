import { isA } from "../link/failure.js";
import { nodeBuffer } from "./node-buffer.js";
import type { PassedTexts } from "./passed-texts.js";
import { decodeText } from "./decode-text.js";
import { expected } from "./value-error.js";

/** Bytes of texts for which an instance keeps memory. */
const maxTextMemory = 2 ** 21;

/**
 * A text as its UTF-8. A host that passes texts on, into messages for example, gives and gets them so, and spares the way
 * through strings of JavaScript, which takes longer than all else that is done with a large text.
 */
export class Utf8Text {
  readonly bytes: Uint8Array;

  /** `bytes` are not copied, and are checked where a guest gets them. */
  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  get valid(): boolean {
    if (nodeBuffer) return nodeBuffer.isUtf8(this.bytes);
    try {
      this.toString();
      return true;
    } catch {
      return false;
    }
  }

  /** The text. Throws a `TypeError` if the bytes are not UTF-8. */
  toString(): string {
    return decodeText(this.bytes);
  }
}

/**
 * Lets texts pass an instance as {@link Utf8Text}: those from so many bytes on that a guest keeps in UTF-8 come out so, and the host may
 * give any text so. For one instance: what came out stays what it is until something comes out of the instance again.
 */
export class Utf8Texts implements PassedTexts {
  readonly #from: number;
  #memory = new Uint8Array(0);
  #used = 0;

  constructor(from: number) {
    this.#from = from;
  }

  lift(bytes: Uint8Array): Utf8Text | undefined {
    if (bytes.length < this.#from) return undefined;
    const text = new Utf8Text(this.#copy(bytes));
    if (!text.valid) throw new TypeError("a text is not valid UTF-8");
    return text;
  }

  lower(value: unknown): Uint8Array | undefined {
    if (!isA(value, Utf8Text)) return undefined;
    if (!value.valid) throw expected("valid UTF-8", value.bytes);
    return value.bytes;
  }

  drop(): void {
    this.#used = 0;
  }

  /** A copy of a text's bytes, in memory that is used again: fresh memory costs more than the copying. */
  #copy(bytes: Uint8Array): Uint8Array {
    if (bytes.length > maxTextMemory) return bytes.slice();
    if (this.#used + bytes.length > this.#memory.length) {
      const size = Math.min(this.#memory.length * 2, maxTextMemory);
      this.#memory = new Uint8Array(Math.max(size, bytes.length));
      this.#used = 0;
    }
    const copy = this.#memory.subarray(this.#used, this.#used + bytes.length);
    this.#used += bytes.length;
    copy.set(bytes);
    return copy;
  }
}

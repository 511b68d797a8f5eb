import { nodeBuffer } from "./node-buffer.js";

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

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
    return decoder.decode(this.bytes);
  }
}

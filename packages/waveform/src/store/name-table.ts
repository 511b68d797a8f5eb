import { Arena, PAGE_MASK } from "./arena.js";

/** Longest name that is kept, in bytes of UTF-8; longer ones are cut. */
export const MAX_NAME_BYTES = 60_000;

/** Names as UTF-8 in an arena: two bytes of length, then the bytes. */
export class NameTable {
  readonly #arena = new Arena();
  readonly #encoder = new TextEncoder();
  readonly #decoder = new TextDecoder();

  /** Keeps a name and returns where it is. */
  add(name: string): number {
    const bytes = this.#encoder.encode(name).subarray(0, MAX_NAME_BYTES);
    const address = this.#arena.allocate(bytes.length + 2);
    const page = this.#arena.page(address);
    const at = address & PAGE_MASK;
    page[at] = bytes.length;
    page[at + 1] = bytes.length >>> 8;
    page.set(bytes, at + 2);
    return address;
  }

  /** Keeps a name that is there as UTF-8, `source[from..to)`, followed by `source[from2..to2)`. */
  addBytes(source: Uint8Array, from: number, to: number, from2: number, to2: number): number {
    const length = to - from + to2 - from2;
    const address = this.#arena.allocate(length + 2);
    const page = this.#arena.page(address);
    let at = address & PAGE_MASK;
    page[at++] = length;
    page[at++] = length >>> 8;
    for (let i = from; i < to; i++) page[at++] = source[i] ?? 0;
    for (let i = from2; i < to2; i++) page[at++] = source[i] ?? 0;
    return address;
  }

  get(address: number): string {
    const page = this.#arena.page(address);
    const at = address & PAGE_MASK;
    const length = (page[at] ?? 0) | ((page[at + 1] ?? 0) << 8);
    return this.#decoder.decode(page.subarray(at + 2, at + 2 + length));
  }
}

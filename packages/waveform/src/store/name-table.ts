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

  get(address: number): string {
    const page = this.#arena.page(address);
    const at = address & PAGE_MASK;
    const length = (page[at] ?? 0) | ((page[at + 1] ?? 0) << 8);
    return this.#decoder.decode(page.subarray(at + 2, at + 2 + length));
  }
}

import { ReadFailure } from "../failure.js";

export const PAGE_BITS = 20;
export const PAGE_BYTES = 1 << PAGE_BITS;
export const PAGE_MASK = PAGE_BYTES - 1;
/** Blocks of sizes that are powers of two from 16 on start at multiples of 16. */
const FIRST_ADDRESS = 16;
const MAX_PAGES = 1 << (32 - PAGE_BITS);

/**
 * Bytes in pages of 1 MiB, addressed by an unsigned 32-bit number (page, then offset), so at most 4 GiB. A block never
 * crosses a page. Address 0 is never given out and means "none". Blocks start zeroed.
 */
export class Arena {
  readonly pages: Uint8Array[] = [];
  #next = FIRST_ADDRESS;
  /** Blocks that were given back, by size. */
  readonly #free = new Map<number, number[]>();

  get bytes(): number {
    return this.pages.length * PAGE_BYTES;
  }

  /** Reserves `size` bytes (at most a page) and returns their address. */
  allocate(size: number): number {
    if (this.#free.size > 0) {
      const freed = this.#free.get(size)?.pop();
      if (freed !== undefined) return freed;
    }
    let at = this.#next;
    if (
      this.pages.length === 0 ||
      (at & PAGE_MASK) + size > PAGE_BYTES ||
      at >= this.pages.length * PAGE_BYTES
    ) {
      if (this.pages.length >= MAX_PAGES) {
        throw new ReadFailure("too-large", "The file has more changes than fit into 4 GiB of memory");
      }
      at = this.pages.length * PAGE_BYTES;
      if (at === 0) at = FIRST_ADDRESS;
      this.pages.push(new Uint8Array(PAGE_BYTES));
    }
    this.#next = at + size;
    return at;
  }

  /** Takes back a block of `size` bytes, for the next one who asks for as many. */
  release(address: number, size: number): void {
    this.page(address).fill(0, address & PAGE_MASK, (address & PAGE_MASK) + size);
    const free = this.#free.get(size);
    if (free) free.push(address);
    else this.#free.set(size, [address]);
  }

  /** The page that holds `address`. */
  page(address: number): Uint8Array {
    const page = this.pages[address >>> PAGE_BITS];
    if (page === undefined) throw new RangeError(`address ${address} is outside the arena`);
    return page;
  }
}

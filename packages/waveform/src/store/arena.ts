import { ReadFailure } from "../failure.js";

export const PAGE_BITS = 20;
export const PAGE_BYTES = 1 << PAGE_BITS;
export const PAGE_MASK = PAGE_BYTES - 1;
const MAX_PAGES = 1 << (32 - PAGE_BITS);

/**
 * Bytes in pages of 1 MiB, addressed by an unsigned 32-bit number (page, then offset), so at most 4 GiB. A block never
 * crosses a page. Address 0 is never given out and means "none". Pages start zeroed.
 */
export class Arena {
  readonly pages: Uint8Array[] = [];
  #next = 1;

  get bytes(): number {
    return this.pages.length * PAGE_BYTES;
  }

  /** Reserves `size` bytes (at most a page) and returns their address. */
  allocate(size: number): number {
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
      if (at === 0) at = 1;
      this.pages.push(new Uint8Array(PAGE_BYTES));
    }
    this.#next = at + size;
    return at;
  }

  /** The page that holds `address`. */
  page(address: number): Uint8Array {
    const page = this.pages[address >>> PAGE_BITS];
    if (page === undefined) throw new RangeError(`address ${address} is outside the arena`);
    return page;
  }
}

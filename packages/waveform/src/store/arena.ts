import { ReadFailure } from "../failure.js";
import { localNumbers, type Numbers } from "./numbers.js";

export const PAGE_BITS = 20;
export const PAGE_BYTES = 1 << PAGE_BITS;
export const PAGE_MASK = PAGE_BYTES - 1;
/** Blocks of sizes that are powers of two from 16 on start at multiples of 16. */
const FIRST_ADDRESS = 16;

/**
 * Bytes in pages of 1 MiB, addressed by an unsigned 32-bit number (page, then offset), so at most 4 GiB. A block never
 * crosses a page. Address 0 is never given out and means "none". Blocks start zeroed.
 */
export class Arena {
  /** By number; there may be gaps, of pages that another thread fills. */
  readonly pages: (Uint8Array | undefined)[] = [];
  readonly #numbers: Numbers;
  #count = 0;
  /** The page that is being filled. */
  #page = 0;
  #offset = PAGE_BYTES;
  /** Blocks that were given back, by size. */
  readonly #free = new Map<number, number[]>();
  #freeBytes = 0;

  constructor(numbers: Numbers = localNumbers()) {
    this.#numbers = numbers;
  }

  get bytes(): number {
    return this.#count * PAGE_BYTES;
  }

  /** The same without the blocks that were given back, and without what was not given out yet. */
  get usedBytes(): number {
    return this.bytes - this.#freeBytes - (PAGE_BYTES - this.#offset);
  }

  /** Reserves `size` bytes (at most a page) and returns their address. */
  allocate(size: number): number {
    if (this.#free.size > 0) {
      const freed = this.#free.get(size)?.pop();
      if (freed !== undefined) {
        this.#freeBytes -= size;
        return freed;
      }
    }
    if (this.#offset + size > PAGE_BYTES) this.#startPage();
    const at = this.#page * PAGE_BYTES + this.#offset;
    this.#offset += size;
    return at;
  }

  /** Takes back a block of `size` bytes, for the next one who asks for as many. */
  release(address: number, size: number): void {
    this.page(address).fill(0, address & PAGE_MASK, (address & PAGE_MASK) + size);
    this.#freeBytes += size;
    const free = this.#free.get(size);
    if (free) free.push(address);
    else this.#free.set(size, [address]);
  }

  /** Takes over a page that another arena with the same numbers filled. */
  adopt(number: number, page: Uint8Array): void {
    this.pages[number] = page;
    this.#count++;
  }

  /** Gives up a page in which no block is used any more. */
  give(number: number): void {
    this.pages[number] = undefined;
    this.#count--;
    this.#numbers.givePage(number);
  }

  /** Gives up all pages. */
  clear(): void {
    for (const number of this.pages.keys()) if (this.pages[number]) this.#numbers.givePage(number);
    this.pages.length = 0;
    this.#free.clear();
    this.#freeBytes = 0;
    this.#count = 0;
    this.#offset = PAGE_BYTES;
  }

  /** The page that holds `address`. */
  page(address: number): Uint8Array {
    const page = this.pages[address >>> PAGE_BITS];
    if (page === undefined) throw new RangeError(`address ${address} is outside the arena`);
    return page;
  }

  #startPage(): void {
    const number = this.#numbers.takePage();
    if (number < 0) {
      throw new ReadFailure("too-large", "The file has more changes than fit into 4 GiB of memory");
    }
    const memory = this.#numbers.isShared ? new SharedArrayBuffer(PAGE_BYTES) : new ArrayBuffer(PAGE_BYTES);
    this.pages[number] = new Uint8Array(memory);
    this.#count++;
    this.#page = number;
    this.#offset = number === 0 ? FIRST_ADDRESS : 0;
  }
}

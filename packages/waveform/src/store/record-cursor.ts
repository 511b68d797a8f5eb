import { PAGE_BITS, PAGE_MASK } from "./arena.js";
import { FORM_BLOB, FORM_TWO } from "./digits.js";
import {
  ADDRESS_MASK,
  LAYOUT_BYTE,
  LAYOUT_DIGIT,
  LAYOUT_EVENT,
  LAYOUT_REAL,
  readVarint,
  type SignalStore,
} from "./signal-store.js";

/** Above every time index. */
export const NO_TIME = 2 ** 29;

/**
 * Walks the records of one signal. {@link peek} looks at the next record without taking it; {@link take} takes it.
 * A cursor can be moved to any record whose address and time are known.
 */
export class RecordCursor {
  /** The record taken last: its address, time index, and digit code or form. Address 0: none yet. */
  address = 0;
  time = -1;
  code = 0;
  /** Where the payload of the record taken last starts. */
  payload = 0;
  /** Records taken, counted from the first of the signal. */
  taken = 0;
  readonly #store: SignalStore;
  readonly #pages: readonly (Uint8Array | undefined)[];
  readonly #layout: number;
  #next: number;
  #nextTime = 0;
  #nextCode = 0;
  #nextPayload = 0;
  #nextEnd = 0;

  constructor(store: SignalStore, signal: number) {
    this.#store = store;
    this.#pages = store.arena.pages;
    this.#layout = store.layout(signal);
    this.#next = store.first(signal);
    this.#decode(-1);
  }

  /** Time index of the next record, or {@link NO_TIME} after the last. */
  peek(): number {
    return this.#next === 0 ? NO_TIME : this.#nextTime;
  }

  /** Digit code or form of the next record. */
  peekCode(): number {
    return this.#nextCode;
  }

  /** Where the payload of the next record starts. */
  peekPayload(): number {
    return this.#nextPayload;
  }

  /** Address of the next record, 0 after the last. */
  peekAddress(): number {
    return this.#next;
  }

  /** Address behind the next record. */
  peekEnd(): number {
    return this.#nextEnd;
  }

  /** Takes the next record. Only when there is one. */
  take(): void {
    this.address = this.#next;
    this.time = this.#nextTime;
    this.code = this.#nextCode;
    this.payload = this.#nextPayload;
    this.taken++;
    this.#next = this.#nextEnd;
    this.#decode(this.time);
  }

  /**
   * Takes the records whose time index is below `limit`, at most `most` of them, and returns the set of their digit codes
   * or forms as bits. At least one must be there to take. One loop over local variables: this is what queries spend their
   * time in.
   */
  takeBelow(limit: number, most: number): number {
    const pages = this.#pages;
    const layout = this.#layout;
    const isDigit = layout === LAYOUT_DIGIT || layout === LAYOUT_EVENT;
    let address = this.#next;
    let time = this.#nextTime;
    let code = this.#nextCode;
    let payload = this.#nextPayload;
    let end = this.#nextEnd;
    let taken = 0;
    let seen = 0;
    let lastAddress = 0;
    let lastTime = 0;
    let lastCode = 0;
    let lastPayload = 0;
    let page = pages[end >>> PAGE_BITS] ?? NO_PAGE;
    let q = end & PAGE_MASK;
    let base = end - q;
    for (;;) {
      lastAddress = address;
      lastTime = time;
      lastCode = code;
      lastPayload = payload;
      seen |= 1 << code;
      taken++;
      let byte = page[q] ?? 0;
      while (byte === 0) {
        const next = linkAt(page, q);
        if (next === 0) break;
        page = pages[next >>> PAGE_BITS] ?? NO_PAGE;
        q = next & PAGE_MASK;
        base = next - q;
        byte = page[q] ?? 0;
      }
      if (byte === 0) {
        address = 0;
        break;
      }
      address = base + q;
      q++;
      let header = byte;
      if (byte > 127) {
        header &= 127;
        for (let shift = 7; byte > 127; shift += 7) {
          byte = page[q++] ?? 0;
          header |= (byte & 127) << shift;
        }
        header >>>= 0;
      }
      if (isDigit) {
        if ((header & 1) === 0) {
          time += header >>> 2;
          code = (header >>> 1) & 1;
        } else {
          time += header >>> 4;
          code = ((header >>> 1) & 7) + 2;
        }
      } else {
        time += header >>> 2;
        code = header & 3;
        payload = base + q;
        if (layout === LAYOUT_REAL) {
          q += 8;
        } else if (layout === LAYOUT_BYTE && code === FORM_TWO) {
          q++;
        } else {
          let value = page[q++] ?? 0;
          if (value > 127) {
            value = readVarint(page, q - 1);
            while ((page[q++] ?? 0) > 127);
          }
          if (code !== FORM_BLOB) q += value;
        }
      }
      if (time >= limit || taken >= most) break;
    }
    this.address = lastAddress;
    this.time = lastTime;
    this.code = lastCode;
    this.payload = lastPayload;
    this.taken += taken;
    this.#next = address;
    this.#nextTime = time;
    this.#nextCode = code;
    this.#nextPayload = payload;
    this.#nextEnd = base + q;
    return seen;
  }

  /** Makes the record at `address`, whose time index is `time` and ordinal `ordinal`, the one taken last. */
  moveTo(address: number, time: number, ordinal: number): void {
    this.#next = address;
    this.#decode(0);
    this.#nextTime = time;
    this.taken = ordinal;
    this.take();
  }

  #decode(before: number): void {
    let at = this.#next;
    if (at === 0) return;
    let page = this.#pages[at >>> PAGE_BITS];
    if (page === undefined) return;
    let q = at & PAGE_MASK;
    let byte = page[q] ?? 0;
    while (byte === 0) {
      at = linkAt(page, q);
      this.#next = at;
      if (at === 0) return;
      page = this.#pages[at >>> PAGE_BITS];
      if (page === undefined) return;
      q = at & PAGE_MASK;
      byte = page[q] ?? 0;
    }
    const from = q++;
    let header = byte & 127;
    for (let shift = 7; byte > 127; shift += 7) {
      byte = page[q++] ?? 0;
      header |= (byte & 127) << shift;
    }
    header >>>= 0;
    const layout = this.#layout;
    if (layout === LAYOUT_DIGIT || layout === LAYOUT_EVENT) {
      if ((header & 1) === 0) {
        this.#nextTime = before + (header >>> 2);
        this.#nextCode = (header >>> 1) & 1;
      } else {
        this.#nextTime = before + (header >>> 4);
        this.#nextCode = ((header >>> 1) & 7) + 2;
      }
      this.#nextPayload = 0;
      this.#nextEnd = at + q - from;
      return;
    }
    const form = header & 3;
    this.#nextTime = before + (header >>> 2);
    this.#nextCode = form;
    this.#nextPayload = at + q - from;
    if (layout === LAYOUT_REAL) {
      q += 8;
    } else if (layout === LAYOUT_BYTE && form === FORM_TWO) {
      q++;
    } else {
      const value = readVarint(page, q);
      while ((page[q++] ?? 0) > 127);
      if (form !== FORM_BLOB) q += value;
    }
    this.#nextEnd = at + q - from;
  }

  /** The value of the record taken last. `bytes` is valid until the next call. */
  value(): StoredValue {
    return readValue(this.#store, this.#layout, this.code, this.payload);
  }
}

const NO_PAGE = new Uint8Array(0);

/** The address behind a zero byte: where the stream goes on, 0 if it ends. */
export function linkAt(page: Uint8Array, q: number): number {
  return (
    (((page[q + 1] ?? 0) |
      ((page[q + 2] ?? 0) << 8) |
      ((page[q + 3] ?? 0) << 16) |
      ((page[q + 4] ?? 0) << 24)) &
      ADDRESS_MASK) >>>
    0
  );
}

/** A value as the store keeps it: packed digits (see `BitPacker`), eight bytes of a real, or UTF-8. */
export interface StoredValue {
  readonly form: number;
  readonly bytes: Uint8Array;
}

/** The value of a record from its digit code or form and the address of its payload. */
export function readValue(store: SignalStore, layout: number, code: number, payload: number): StoredValue {
  if (layout === LAYOUT_DIGIT || layout === LAYOUT_EVENT) {
    return { form: code < 2 ? 0 : code < 4 ? 1 : 2, bytes: Uint8Array.of(code) };
  }
  const page = store.arena.page(payload);
  const q = payload & PAGE_MASK;
  if (layout === LAYOUT_REAL) return { form: 0, bytes: page.subarray(q, q + 8) };
  if (layout === LAYOUT_BYTE && code === FORM_TWO) return { form: code, bytes: page.subarray(q, q + 1) };
  const value = readVarint(page, q);
  if (code === FORM_BLOB) {
    const blob = store.blobs[value] ?? new Uint8Array(1);
    return { form: blob[0] ?? 0, bytes: blob.subarray(1) };
  }
  let from = q;
  while ((page[from++] ?? 0) > 127);
  return { form: code, bytes: page.subarray(from, from + value) };
}

import { BitPacker } from "./packed-bits.js";
import type { SignalKind } from "../model.js";
import type { SignalStore } from "./signal-store.js";

/** With fewer signals than this their state fits the caches and changes are appended at once. */
const DIRECT_BELOW = 16_384;
/** Changes gathered before they are sorted. */
const BATCH = 1 << 21;
/** Bytes of values gathered beside them. */
const SIDE_BYTES = 8 << 20;

const TAG_DIGIT = 0;
const TAG_NUMBER = 1;
const TAG_BYTES = 2;
const TAG_EVENT = 3;

const RADIX_BITS = 11;
const RADIX = 1 << RADIX_BITS;

/**
 * Takes the changes of a file in the order of time and hands them to the store. With many signals, changes that follow
 * each other hit signals that lie far apart in memory, and the misses cost more than the rest of reading. Then changes
 * are gathered, sorted by signal (stable, so times stay in order) and appended signal by signal.
 */
export class ChangeLog {
  readonly #store: SignalStore;
  readonly #batch: number;
  readonly #directBelow: number;
  #deferred = false;
  #now = 0;
  /** Three words a change: signal, time index << 2 | tag, value. */
  #words = new Uint32Array(0);
  #sorted = new Uint32Array(0);
  #length = 0;
  #side = new Uint8Array(0);
  #sideLength = 0;
  readonly #packer = new BitPacker();
  readonly #real = new Float64Array(1);
  readonly #realBytes = new Uint8Array(this.#real.buffer);

  constructor(store: SignalStore, options: { batch?: number; directBelow?: number } = {}) {
    this.#store = store;
    this.#batch = options.batch ?? BATCH;
    this.#directBelow = options.directBelow ?? DIRECT_BELOW;
  }

  /** All signals (or nearly) are declared: chooses the way. */
  begin(): void {
    this.#deferred = this.#store.length >= this.#directBelow;
  }

  /** Sets the time index of the changes that follow. */
  setTime(index: number): void {
    this.#now = index;
    if (!this.#deferred) this.#store.now = index;
  }

  appendDigit(signal: number, code: number): void {
    if (this.#deferred) this.#push(signal, TAG_DIGIT, code);
    else this.#store.appendDigit(signal, code);
  }

  appendEvent(signal: number): void {
    if (this.#deferred) this.#push(signal, TAG_EVENT, 1);
    else this.#store.appendEvent(signal);
  }

  appendNumber(signal: number, value: number): void {
    if (this.#deferred) this.#push(signal, TAG_NUMBER, value);
    else this.#store.appendNumber(signal, value);
  }

  /** False if a character is no digit. */
  appendDigits(signal: number, text: Uint8Array, from: number, to: number): boolean {
    if (!this.#deferred) return this.#store.appendDigits(signal, text, from, to);
    const packer = this.#packer;
    const width = this.#store.width(signal);
    if (!packer.packText(text, from, to, width)) return false;
    if (width === 1) this.#push(signal, TAG_DIGIT, packer.digit());
    else this.#pushBytes(signal, packer.form, packer.bytes, packer.length);
    return true;
  }

  appendReal(signal: number, value: number): void {
    if (!this.#deferred) {
      this.#store.appendReal(signal, value);
      return;
    }
    this.#real[0] = value;
    this.#pushBytes(signal, 0, this.#realBytes, 8);
  }

  appendString(signal: number, text: Uint8Array): void {
    if (this.#deferred) this.#pushBytes(signal, 0, text, text.length);
    else this.#store.appendString(signal, text);
  }

  /** See {@link SignalStore.reshape}. */
  reshape(signal: number, kind: SignalKind, width: number): boolean {
    this.#flush();
    return this.#store.reshape(signal, kind, width);
  }

  /** Hands over what is gathered and frees the room for it. */
  finish(): void {
    this.#flush();
    this.#words = this.#sorted = new Uint32Array(0);
    this.#side = new Uint8Array(0);
  }

  #push(signal: number, tag: number, value: number): void {
    let at = this.#length * 3;
    if (at + 3 > this.#words.length) {
      if (this.#length >= this.#batch) {
        this.#flush();
        at = 0;
      } else {
        this.#growWords();
      }
    }
    const words = this.#words;
    words[at] = signal;
    words[at + 1] = (this.#now << 2) | tag;
    words[at + 2] = value;
    this.#length++;
  }

  #pushBytes(signal: number, form: number, bytes: Uint8Array, length: number): void {
    if (this.#sideLength + length + 5 > this.#side.length) {
      if (this.#sideLength > 0) this.#flush();
      const size = Math.max(SIDE_BYTES, length + 5);
      if (this.#side.length < size) this.#side = new Uint8Array(size);
    }
    // A full batch is handed over before the bytes are put down, because that empties the side buffer too.
    if (this.#length >= this.#batch) this.#flush();
    const side = this.#side;
    const at = this.#sideLength;
    side[at] = form;
    side[at + 1] = length;
    side[at + 2] = length >>> 8;
    side[at + 3] = length >>> 16;
    side[at + 4] = length >>> 24;
    for (let i = 0; i < length; i++) side[at + 5 + i] = bytes[i] ?? 0;
    this.#sideLength = at + 5 + length;
    this.#push(signal, TAG_BYTES, at);
  }

  #growWords(): void {
    const size = Math.min(this.#batch, Math.max(1_024, (this.#words.length / 3) * 4)) * 3;
    const words = new Uint32Array(size);
    words.set(this.#words);
    this.#words = words;
  }

  #flush(): void {
    const count = this.#length;
    if (count === 0) return;
    this.#length = 0;
    this.#sideLength = 0;
    if (this.#sorted.length < this.#words.length) this.#sorted = new Uint32Array(this.#words.length);
    // One pass is enough: the few hundred signals that share their upper bits fit a cache together.
    this.#sortBy(Math.max(0, 32 - Math.clz32(this.#store.length) - RADIX_BITS), count);

    const store = this.#store;
    const words = this.#words;
    const side = this.#side;
    for (let at = 0; at < count * 3; at += 3) {
      const signal = words[at] ?? 0;
      const tagged = words[at + 1] ?? 0;
      const value = words[at + 2] ?? 0;
      store.now = tagged >>> 2;
      switch (tagged & 3) {
        case TAG_DIGIT:
          store.appendDigit(signal, value);
          break;
        case TAG_NUMBER:
          store.appendNumber(signal, value);
          break;
        case TAG_EVENT:
          store.appendEvent(signal);
          break;
        default: {
          const length =
            ((side[value + 1] ?? 0) |
              ((side[value + 2] ?? 0) << 8) |
              ((side[value + 3] ?? 0) << 16) |
              ((side[value + 4] ?? 0) << 24)) >>>
            0;
          store.appendPacked(signal, side[value] ?? 0, side.subarray(value + 5, value + 5 + length), length);
        }
      }
    }
  }

  /** Sorts by the signal numbers without their lowest `shift` bits, stable. */
  #sortBy(shift: number, count: number): void {
    const words = this.#words;
    const sorted = this.#sorted;
    const starts = new Uint32Array(RADIX + 1);
    for (let at = 0; at < count * 3; at += 3) {
      const key = (((words[at] ?? 0) >>> shift) & (RADIX - 1)) + 1;
      starts[key] = (starts[key] ?? 0) + 1;
    }
    for (let key = 1; key <= RADIX; key++) starts[key] = (starts[key] ?? 0) + (starts[key - 1] ?? 0);
    for (let at = 0; at < count * 3; at += 3) {
      const signal = words[at] ?? 0;
      const key = (signal >>> shift) & (RADIX - 1);
      const place = starts[key] ?? 0;
      starts[key] = place + 1;
      sorted[place * 3] = signal;
      sorted[place * 3 + 1] = words[at + 1] ?? 0;
      sorted[place * 3 + 2] = words[at + 2] ?? 0;
    }
    this.#words = sorted;
    this.#sorted = words;
  }
}

// One loop for each shape of a chain, over local variables: all changes of a file go through here.
import { portDigits } from "../vcd/values.js";
import {
  LAYOUT_DIGIT,
  LAYOUT_EVENT,
  LAYOUT_REAL,
  LAYOUT_STRING,
  type SignalStore,
} from "../store/signal-store.js";
import type { BlockTimes } from "./block-times.js";
import { LENGTH_REAL, LENGTH_VARIABLE } from "./fst-geometry.js";

/** The digits that a change of one bit can have beside 0 and 1, as codes of the store: x z h u w l - and ? as -. */
const OTHER_DIGITS = Uint8Array.of(2, 3, 7, 4, 5, 6, 8, 8);
const QUESTION = 63;
const DASH = 45;

const RUN = 64;

/** What is wrong with a chain. */
export class DamagedChain extends Error {
  override readonly name = "DamagedChain";
}

/** How the values of a signal are stored in a file. */
export interface SignalShape {
  /** As in the geometry: bytes as text, real, or variable. */
  readonly length: number;
  /** Values are port states and strengths. */
  readonly port: boolean;
}

/** Appends the changes of chains to signals of a store. */
export class ChainDecoder {
  readonly #store: SignalStore;
  readonly #littleEndian: boolean;
  #bytes: Uint8Array = new Uint8Array(0);
  #at = 0;
  #times: BlockTimes = { first: 0, count: 0, indices: undefined, backwards: false };
  readonly #packed = new Uint8Array(8);
  /** Changes of a signal of one digit that follow each other. */
  readonly #runTimes = new Uint32Array(RUN);
  readonly #runCodes = new Uint8Array(RUN);

  constructor(store: SignalStore, littleEndian: boolean) {
    this.#store = store;
    this.#littleEndian = littleEndian;
  }

  /** Appends the changes in an unpacked chain. Throws {@link DamagedChain}; what came before is appended then. */
  append(signal: number, shape: SignalShape, chain: Uint8Array, times: BlockTimes): void {
    this.#bytes = chain;
    this.#at = 0;
    this.#times = times;
    const layout = this.#store.layout(signal);
    if (shape.length === LENGTH_VARIABLE) this.#variable(signal, layout);
    else if (shape.length === LENGTH_REAL) this.#reals(signal);
    else if (shape.length === 1) this.#digits(signal, layout);
    else if (shape.port) this.#ports(signal, shape.length);
    else this.#vectors(signal, shape.length);
  }

  /** Appends a value in the form in which the values at the start of a block have, at a time index. */
  appendText(signal: number, shape: SignalShape, text: Uint8Array, time: number): void {
    const store = this.#store;
    const layout = store.layout(signal);
    store.now = time;
    // A value at the start says nothing about an event's firing, and strings have none.
    if (layout === LAYOUT_EVENT || layout === LAYOUT_STRING) return;
    if (layout === LAYOUT_REAL) store.appendReal(signal, this.#realIn(text, 0));
    else if (shape.port) this.#port(signal, text, 0, text.length);
    else this.#text(signal, text, 0, text.length);
  }

  #digits(signal: number, layout: number): void {
    const store = this.#store;
    const bytes = this.#bytes;
    const { count, first, indices } = this.#times;
    const runTimes = this.#runTimes;
    const runCodes = this.#runCodes;
    let run = 0;
    let time = 0;
    for (let p = 0; p < bytes.length;) {
      if (run === RUN) {
        run = this.#endRun(signal, layout, run);
        // Most chains are zeroes and ones in turn, in bytes that the store would write itself.
        if (layout === LAYOUT_DIGIT && indices === undefined && store.lastTime(signal) === first + time) {
          const from = p;
          p = store.takeDigitRecords(signal, bytes, p, first + count);
          if (p > from) time = store.lastTime(signal) - first;
          if (p === bytes.length) return;
        }
      }
      let byte = bytes[p++] ?? 0;
      let number = byte;
      if (byte > 127) {
        number &= 127;
        for (let shift = 7; byte > 127; shift += 7) {
          if (p === bytes.length || shift > 28) throw damaged("a number does not end");
          byte = bytes[p++] ?? 0;
          number |= (byte & 127) << shift;
        }
      }
      let code: number;
      if ((number & 1) === 0) {
        time += number >>> 2;
        code = (number >>> 1) & 1;
      } else {
        time += number >>> 4;
        code = OTHER_DIGITS[(number >>> 1) & 7] ?? 2;
      }
      if (time >= count) throw damaged("a change is later than the block");
      runTimes[run] = indices === undefined ? first + time : (indices[time] ?? 0);
      runCodes[run++] = code;
    }
    this.#endRun(signal, layout, run);
  }

  /** Appends the first changes of the run to the signal and returns the length of the next one, 0. */
  #endRun(signal: number, layout: number, length: number): number {
    const store = this.#store;
    if (layout === LAYOUT_DIGIT) {
      store.appendDigitRun(signal, this.#runTimes, this.#runCodes, length);
      return 0;
    }
    for (let i = 0; i < length; i++) {
      store.now = this.#runTimes[i] ?? 0;
      // At the first time of a file simulators dump all values, events too, which says nothing about their firing.
      if (this.#runCodes[i] === 1 && store.now > 0) store.appendEvent(signal);
    }
    return 0;
  }

  #vectors(signal: number, length: number): void {
    const store = this.#store;
    const bytes = this.#bytes;
    const size = (length + 7) >>> 3;
    const spare = size * 8 - length;
    for (let time = 0; this.#at < bytes.length;) {
      const number = this.#varint();
      time += number >>> 1;
      store.now = this.#index(time);
      const p = this.#at;
      if ((number & 1) === 1) {
        this.#skip(length);
        this.#text(signal, bytes, p, p + length);
        continue;
      }
      this.#skip(size);
      if (size <= 4) {
        let value = 0;
        for (let i = 0; i < size; i++) value = (value << 8) | (bytes[p + i] ?? 0);
        store.appendNumber(signal, value >>> spare);
      } else {
        this.#wide(signal, p, size, spare);
      }
    }
  }

  /** A two-state vector of more than 32 bits: most significant bit first, with `spare` bits behind the last. */
  #wide(signal: number, from: number, size: number, spare: number): void {
    const bytes = this.#bytes;
    let start = from;
    while (start < from + size && bytes[start] === 0) start++;
    let length = from + size - start;
    const packed =
      length <= this.#wideBuffer.length ? this.#wideBuffer : (this.#wideBuffer = new Uint8Array(length * 2));
    for (let i = 0; i < length; i++) {
      const at = from + size - 1 - i;
      const low = (bytes[at] ?? 0) >>> spare;
      const high = at > from ? (bytes[at - 1] ?? 0) << (8 - spare) : 0;
      packed[i] = low | high;
    }
    while (length > 0 && packed[length - 1] === 0) length--;
    this.#store.appendPacked(signal, 0, packed, length);
  }

  #wideBuffer = new Uint8Array(64);

  #reals(signal: number): void {
    const store = this.#store;
    const bytes = this.#bytes;
    for (let time = 0; this.#at < bytes.length;) {
      const number = this.#varint();
      time += number >>> 1;
      store.now = this.#index(time);
      if ((number & 1) === 1) {
        const p = this.#at;
        this.#skip(8);
        store.appendReal(signal, this.#realIn(bytes, p));
      } else {
        // Eight bytes of which each is 0 or 1 as text are packed to eight bits.
        const bits = bytes[this.#at] ?? 0;
        this.#skip(1);
        for (let i = 0; i < 8; i++) this.#packed[i] = 48 + ((bits >>> (7 - i)) & 1);
        store.appendReal(signal, this.#realIn(this.#packed, 0));
      }
    }
  }

  #variable(signal: number, layout: number): void {
    const store = this.#store;
    const bytes = this.#bytes;
    for (let time = 0; this.#at < bytes.length;) {
      const number = this.#varint();
      time += number >>> 1;
      store.now = this.#index(time);
      const length = this.#varint();
      const p = this.#at;
      this.#skip(length);
      if ((number & 1) === 1) continue;
      if (layout === LAYOUT_STRING) store.appendString(signal, bytes.subarray(p, p + length));
    }
  }

  #ports(signal: number, length: number): void {
    const bytes = this.#bytes;
    for (let time = 0; this.#at < bytes.length;) {
      const number = this.#varint();
      time += number >>> 1;
      this.#store.now = this.#index(time);
      const p = this.#at;
      // A row of zeroes and ones alone has no strengths: it is no port value, and packed.
      const size = (number & 1) === 1 ? length : (length + 7) >>> 3;
      this.#skip(size);
      if (size === length) this.#port(signal, bytes, p, p + length);
    }
  }

  /** States, a space, strengths of zeroes, a space, strengths of ones (IEEE 1364-2005, 18.4). */
  #port(signal: number, text: Uint8Array, from: number, to: number): void {
    const states = Math.floor((to - from - 2) / 3);
    const digits = portDigits(text, from, from + Math.max(1, states));
    // What a port has before its first value is no port state.
    if (digits !== undefined) this.#store.appendDigits(signal, digits, 0, digits.length);
    else this.#text(signal, text, from, from + Math.max(1, states));
  }

  #text(signal: number, text: Uint8Array, from: number, to: number): void {
    if (this.#store.appendDigits(signal, text, from, to)) return;
    const clean = text.slice(from, to);
    for (let i = 0; i < clean.length; i++) if (clean[i] === QUESTION) clean[i] = DASH;
    if (!this.#store.appendDigits(signal, clean, 0, clean.length))
      throw damaged("a value has something else than digits");
  }

  #realIn(bytes: Uint8Array, at: number): number {
    return new DataView(bytes.buffer, bytes.byteOffset + at, 8).getFloat64(0, this.#littleEndian);
  }

  #index(time: number): number {
    const { count, first, indices } = this.#times;
    if (time >= count) throw damaged("a change is later than the block");
    return indices === undefined ? first + time : (indices[time] ?? 0);
  }

  #skip(length: number): void {
    if (length > this.#bytes.length - this.#at) throw damaged("a value does not fit in");
    this.#at += length;
  }

  #varint(): number {
    const bytes = this.#bytes;
    let byte = bytes[this.#at++] ?? 0;
    if (byte < 128) return byte;
    let number = byte & 127;
    for (let shift = 7; byte > 127; shift += 7) {
      if (this.#at >= bytes.length || shift > 28) throw damaged("a number does not end");
      byte = bytes[this.#at++] ?? 0;
      number |= (byte & 127) << shift;
    }
    return number >>> 0;
  }
}

function damaged(why: string): DamagedChain {
  return new DamagedChain(why);
}

/** A signal that is known and of no interest. */
export const UNWANTED = 0x3fffffff;

/** A table as threads share it. */
export interface SharedIds {
  readonly longest: number;
  readonly dense: Uint32Array | undefined;
  readonly slots: Uint32Array;
  readonly starts: Float64Array;
  readonly signals: Uint32Array;
  readonly bytes: Uint8Array;
  readonly seed: number;
}

/**
 * Identifier codes of a VCD file to signal numbers. Codes may be any printable bytes. They are hashed; once they are
 * known and turn out to count up densely (as most simulators hand them out: base 94, first character fastest), a plain
 * table takes over.
 */
export class IdTable {
  /** Longest code. */
  longest = 0;
  /**
   * Signal + 1 by dense number (see {@link denseNumber}), 0 where there is none. `undefined` until {@link settle}, and
   * when the codes are sparse.
   */
  dense: Uint32Array | undefined;
  #slots: Uint32Array = new Uint32Array(1_024);
  #count = 0;
  #starts: Float64Array = new Float64Array(256);
  #signals: Uint32Array = new Uint32Array(256);
  #bytes: Uint8Array = new Uint8Array(4_096);
  #used = 0;
  #largest = 0;
  #canBeDense = true;
  /** Nobody can make up codes that all fall into one slot. */
  #seed = Math.floor(Math.random() * 2 ** 32);

  /** The table of another thread; of `wanted` signals the positions in it are meant, others are {@link UNWANTED}. */
  static from(shared: SharedIds, wanted?: Uint32Array): IdTable {
    const table = new IdTable();
    table.longest = shared.longest;
    table.#seed = shared.seed;
    table.#slots = shared.slots;
    table.#starts = shared.starts;
    table.#bytes = shared.bytes;
    table.#signals = shared.signals;
    table.dense = shared.dense;
    if (wanted === undefined) return table;
    const places = new Map(Array.from(wanted, (signal, place) => [signal, place]));
    table.#signals = shared.signals.map((signal) => places.get(signal) ?? UNWANTED);
    table.dense = shared.dense?.map((entry) => (entry === 0 ? 0 : (places.get(entry - 1) ?? UNWANTED) + 1));
    return table;
  }

  /** This table, for other threads. Nothing may be added while they use it. */
  share(): SharedIds {
    const { longest, dense } = this;
    // A dense table says all.
    const count = dense ? 0 : this.#count;
    return {
      longest,
      dense: dense && shared(dense, new Uint32Array(memory(dense.byteLength))),
      slots: dense
        ? new Uint32Array(2)
        : shared(this.#slots, new Uint32Array(memory(this.#slots.byteLength))),
      starts: shared(this.#starts.subarray(0, count + 1), new Float64Array(memory((count + 1) * 8))),
      signals: shared(this.#signals.subarray(0, count), new Uint32Array(memory(count * 4))),
      bytes: shared(
        this.#bytes.subarray(0, dense ? 0 : this.#used),
        new Uint8Array(memory(dense ? 0 : this.#used)),
      ),
      seed: this.#seed,
    };
  }

  /** The signal of the code in `text[from..to)`, or -1. */
  find(text: Uint8Array, from: number, to: number): number {
    if (this.dense) return to - from > this.longest ? -1 : (this.dense[denseNumber(text, from, to)] ?? 0) - 1;
    const entry = this.#slots[this.#slot(text, from, to)] ?? 0;
    return entry === 0 ? -1 : (this.#signals[entry - 1] ?? 0);
  }

  /** Adds a code that is not in the table yet. */
  add(text: Uint8Array, from: number, to: number, signal: number): void {
    const length = to - from;
    if (this.#count + 2 > this.#starts.length) {
      this.#starts = grown(this.#starts, new Float64Array(this.#starts.length * 2));
      this.#signals = grown(this.#signals, new Uint32Array(this.#signals.length * 2));
    }
    if (this.#used + length > this.#bytes.length) {
      this.#bytes = grown(this.#bytes, new Uint8Array((this.#used + length) * 2));
    }
    this.#bytes.set(text.subarray(from, to), this.#used);
    this.#starts[this.#count] = this.#used;
    this.#used += length;
    this.#starts[this.#count + 1] = this.#used;
    this.#signals[this.#count] = signal;
    this.#slots[this.#slot(text, from, to)] = ++this.#count;
    if (this.#count * 2 > this.#slots.length) this.#rehash();

    if (length > this.longest) this.longest = length;
    if (length > 4) this.#canBeDense = false;
    for (let i = from; i < to; i++) if ((text[i] ?? 0) > 126) this.#canBeDense = false;
    this.#largest = Math.max(this.#largest, denseNumber(text, from, to));
    this.dense = undefined;
  }

  /** Makes the dense table if the codes allow it. */
  settle(): void {
    if (!this.#canBeDense || this.#largest > this.#count * 8 + 65_536) return;
    const dense = new Uint32Array(this.#largest + 1);
    for (let i = 0; i < this.#count; i++) {
      dense[denseNumber(this.#bytes, this.#starts[i] ?? 0, this.#starts[i + 1] ?? 0)] =
        (this.#signals[i] ?? 0) + 1;
    }
    this.dense = dense;
  }

  #slot(text: Uint8Array, from: number, to: number): number {
    let hash = this.#seed;
    for (let i = from; i < to; i++) hash = Math.imul(hash ^ (text[i] ?? 0), 0x01000193);
    hash ^= hash >>> 15;
    const mask = this.#slots.length - 1;
    const length = to - from;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const entry = this.#slots[slot] ?? 0;
      if (entry === 0) return slot;
      const start = this.#starts[entry - 1] ?? 0;
      if ((this.#starts[entry] ?? 0) - start !== length) continue;
      let i = 0;
      while (i < length && this.#bytes[start + i] === text[from + i]) i++;
      if (i === length) return slot;
    }
  }

  #rehash(): void {
    this.#slots = new Uint32Array(this.#slots.length * 2);
    for (let i = 0; i < this.#count; i++) {
      this.#slots[this.#slot(this.#bytes, this.#starts[i] ?? 0, this.#starts[i + 1] ?? 0)] = i + 1;
    }
  }
}

/** Bijective base-94 number of a code, first character least significant; different for different printable codes. */
export function denseNumber(text: Uint8Array, from: number, to: number): number {
  let number = 0;
  let unit = 1;
  for (let i = from; i < to; i++) {
    number += ((text[i] ?? 0) - 32) * unit;
    unit *= 94;
  }
  return number;
}

function memory(bytes: number): SharedArrayBuffer {
  return new SharedArrayBuffer(bytes);
}

function shared<T extends Uint8Array | Uint32Array | Float64Array>(from: T, to: T): T {
  to.set(from);
  return to;
}

function grown<T extends Uint8Array | Uint32Array | Float64Array>(from: T, to: T): T {
  to.set(from);
  return to;
}

// Longer than most files here: the record layout and the only code that writes it stay together.
import { ReadFailure } from "../failure.js";
import type { SignalKind } from "../model.js";
import { Arena, PAGE_BITS, PAGE_MASK } from "./arena.js";
import { FORM_BLOB, FORM_TWO } from "./digits.js";
import { localNumbers, type Numbers } from "./numbers.js";
import { BitPacker } from "./packed-bits.js";

/** Widest bit vector that is read. */
export const MAX_WIDTH = 1 << 24;
/** Values of more bytes than this are kept outside the stream. */
const MAX_INLINE = 4_096;
const FIRST_BLOCK = 16;
const MAX_BLOCK = 8_192;
/** A zero byte and the address of the next block. */
const LINK_BYTES = 5;
/** The part of a block's kept address that is its address; the rest says how large it is. */
export const ADDRESS_MASK = ~15;

/** How the records of a signal are laid out, see {@link SignalStore}. */
export const LAYOUT_DIGIT = 0;
export const LAYOUT_BYTE = 1;
export const LAYOUT_SIZED = 2;
export const LAYOUT_REAL = 3;
export const LAYOUT_STRING = 4;
export const LAYOUT_EVENT = 5;

// Per signal, in one Int32Array, so that a change touches half a cache line.
const STRIDE_BITS = 3;
const STRIDE = 1 << STRIDE_BITS;
const WRITE = 0; // address of the next byte to write
const LIMIT = 1; // a record must end at or before this address
const TIME = 2; // time index of the last record, -1 if none
const LAST = 3; // address of the last record
const PREVIOUS = 4; // digits: previous code << 4 | last code; else: address of the record before the last
const COUNT = 5; // records
const FIRST = 6; // address of the first block with its size, 0 if none
const SHAPE = 7; // layout << 28 | width

const NO_CODE = 15;
const NO_BLOB = new Uint8Array(1);

/** All that a store holds, as it is posted from thread to thread. */
export interface StorePart {
  readonly state: Int32Array;
  readonly blocks: Uint16Array;
  readonly pages: readonly (readonly [number, Uint8Array])[];
  readonly blobs: readonly (readonly [number, Uint8Array])[];
}

/**
 * The changes of all signals, each signal a stream of records in chained blocks of one arena; no object per signal.
 *
 * A record is a varint header, then a payload. `dt` is the time index minus that of the record before (from -1).
 * - digit (one bit): `dt << 2 | digit << 1` for 0 and 1, else `dt << 4 | (code - 2) << 1 | 1`; no payload. Events likewise.
 * - byte (2 to 8 bits): `dt << 2 | form`; form two: one byte; other forms: varint length, bytes.
 * - sized (wider), string: `dt << 2 | form`, varint length, bytes.
 * - real: `dt << 2`, eight bytes, little-endian.
 * - form blob: varint index of a value that is too long for the stream; its first byte is its form.
 *
 * `dt` is at least 1 and below 2^28 (`MAX_TIMES`), so a header fits 32 bits and never starts with a zero byte: zero means "go on at the address in the next four
 * bytes", and address zero is the end. Blocks have 16 << n bytes and start at multiples of 16: n stands in the lowest
 * four bits of their addresses, which {@link linkAt} leaves out. A signal is a function of the tick: of several values at one tick the last
 * counts, and a value that equals the one before is no change. (Events keep every tick at which they fire.)
 */
export class SignalStore {
  readonly arena: Arena;
  /** By number; there may be gaps. */
  readonly blobs: (Uint8Array | undefined)[] = [];
  /** Index of the current time, to be set before changes are appended. */
  now = 0;
  /** Records over all signals. */
  transitions = 0;
  #state = new Int32Array(STRIDE * 1_024);
  #block = new Uint16Array(1_024);
  /** Beside the state: small enough to stay in a cache while a file is read. */
  #layouts = new Uint8Array(1_024);
  #length = 0;
  #blobBytes = 0;
  readonly #freeBlobs: number[] = [];
  readonly #packer = new BitPacker();
  readonly #real = new Float64Array(1);
  readonly #realBytes = new Uint8Array(this.#real.buffer);
  readonly #numbers: Numbers;
  // Where `#replay` stands in the stream of another store.
  #at = 0;
  #left = 0;
  #blockStart = 0;

  /** `numbers` are shared by the stores that hold parts of one waveform, see {@link SignalStore.adopt}. */
  constructor(numbers: Numbers = localNumbers()) {
    this.#numbers = numbers;
    this.arena = new Arena(numbers);
  }

  get length(): number {
    return this.#length;
  }

  /** Bytes held, roughly. */
  get bytes(): number {
    return this.arena.bytes + this.#state.byteLength + this.#block.byteLength + this.#blobBytes;
  }

  /** Bytes that changes take. */
  get changeBytes(): number {
    return this.arena.usedBytes + this.#blobBytes;
  }

  /** Adds a signal and returns its number. `width` counts for bits only. */
  add(kind: SignalKind, width: number): number {
    const signal = this.#length++;
    if (this.#length * STRIDE > this.#state.length) this.#makeRoom();
    this.#shape(signal, kind, width);
    return signal;
  }

  /** Gives a signal without changes another kind or width. False if it has changes. */
  reshape(signal: number, kind: SignalKind, width: number): boolean {
    if (this.count(signal) > 0) return false;
    this.#shape(signal, kind, width);
    return true;
  }

  layout(signal: number): number {
    return this.#layouts[signal] ?? 0;
  }

  width(signal: number): number {
    return (this.#state[(signal << STRIDE_BITS) + SHAPE] ?? 0) & 0xfffffff;
  }

  kind(signal: number): SignalKind {
    const layout = this.layout(signal);
    if (layout === LAYOUT_REAL) return "real";
    if (layout === LAYOUT_STRING) return "string";
    return layout === LAYOUT_EVENT ? "event" : "bits";
  }

  /** Number of records of a signal. */
  count(signal: number): number {
    return this.#state[(signal << STRIDE_BITS) + COUNT] ?? 0;
  }

  /** Address of the first record of a signal, 0 if it has none. */
  first(signal: number): number {
    return ((this.#state[(signal << STRIDE_BITS) + FIRST] ?? 0) & ADDRESS_MASK) >>> 0;
  }

  /** Forgets the changes of a signal and reuses their room; the signal can be filled again. */
  drop(signal: number): void {
    const o = signal << STRIDE_BITS;
    const layout = this.layout(signal);
    for (let block = (this.#state[o + FIRST] ?? 0) >>> 0; block !== 0;) {
      const address = (block & ADDRESS_MASK) >>> 0;
      const page = this.arena.page(address);
      let q = address & PAGE_MASK;
      while ((page[q] ?? 0) !== 0) q = this.#skip(page, q, layout, true);
      const next = taggedLinkAt(page, q);
      this.arena.release(address, FIRST_BLOCK << (block & ~ADDRESS_MASK));
      block = next;
    }
    this.transitions -= this.count(signal);
    const kind = this.kind(signal);
    const width = this.width(signal);
    this.#state.fill(0, o, o + STRIDE);
    this.#block[signal] = 0;
    this.#shape(signal, kind, width);
  }

  /** The shapes of all signals, `layout << 28 | width`, for {@link SignalStore.addShapes} in another thread. */
  shapes(target: Int32Array): void {
    for (let signal = 0; signal < this.#length; signal++) {
      target[signal] = this.#state[(signal << STRIDE_BITS) + SHAPE] ?? 0;
    }
  }

  /** Adds signals of the shapes that another store has. */
  addShapes(shapes: Int32Array): void {
    const first = this.#length;
    this.#length += shapes.length;
    this.#makeRoom();
    for (let i = 0; i < shapes.length; i++) this.#setShape(first + i, shapes[i] ?? 0);
  }

  /** Forgets all changes at once, and gives up the memory that they took. */
  clear(): void {
    this.arena.clear();
    this.blobs.length = 0;
    this.#freeBlobs.length = 0;
    this.#blobBytes = 0;
    this.transitions = 0;
    this.#block.fill(0);
    for (let signal = 0; signal < this.#length; signal++) {
      const shape = this.#state[(signal << STRIDE_BITS) + SHAPE] ?? 0;
      this.#state.fill(0, signal << STRIDE_BITS, (signal + 1) << STRIDE_BITS);
      this.#setShape(signal, shape);
    }
  }

  /** Everything that this store holds, to be posted to the thread of another; it must not be used any more. */
  handOver(): StorePart {
    const pages: (readonly [number, Uint8Array])[] = [];
    for (const [number, page] of this.arena.pages.entries()) if (page) pages.push([number, page]);
    const blobs: (readonly [number, Uint8Array])[] = [];
    for (const [number, blob] of this.blobs.entries()) if (blob) blobs.push([number, blob]);
    return {
      state: this.#state.subarray(0, this.#length << STRIDE_BITS),
      blocks: this.#block.subarray(0, this.#length),
      pages,
      blobs,
    };
  }

  /**
   * Takes over the changes of a store with the same signals and the same numbers, which come after those here: what it
   * calls time index 0 is `base`. The result is as if its changes had been appended here: a value that repeats the last
   * one here is no change, one at the same tick replaces it. Its memory is taken over, not copied.
   */
  adopt(part: StorePart, base: number): void {
    this.#receive(part);
    const { state, blocks } = part;
    if (base === 0 && this.transitions === 0 && blocks.length === this.#length) {
      this.#state.set(state);
      this.#block.set(blocks);
      for (let o = COUNT; o < state.length; o += STRIDE) this.transitions += state[o] ?? 0;
      return;
    }
    for (let signal = 0; signal < blocks.length; signal++) {
      if ((state[(signal << STRIDE_BITS) + COUNT] ?? 0) > 0) this.#join(signal, state, blocks, base);
    }
  }

  /** The same for some signals only: signal i of the other store is `signals[i]` here. Its changes are copied. */
  copy(part: StorePart, base: number, signals: Uint32Array): void {
    this.#receive(part);
    const { state } = part;
    for (const [i, signal] of signals.entries()) {
      this.#enter(state, i << STRIDE_BITS);
      if (this.#left > 0) this.#replay(signal, base, false);
    }
    for (const [number] of part.pages) {
      this.arena.give(number);
    }
    for (const [number, blob] of part.blobs) {
      this.blobs[number] = undefined;
      this.#blobBytes -= blob.length;
      this.#freeBlobs.push(number);
    }
  }

  /** Keeps of each signal what the next change is compared with: at most its last two records, at their times. */
  lastRecords(): SignalStore {
    const kept = new SignalStore(this.#numbers);
    const shapes = new Int32Array(this.#length);
    this.shapes(shapes);
    kept.addShapes(shapes);
    for (let signal = 0; signal < this.#length; signal++) {
      if (this.count(signal) > 0) this.#keepLast(kept, signal);
    }
    return kept;
  }

  /** Appends a digit code to a signal of layout digit. */
  appendDigit(signal: number, code: number): void {
    const state = this.#state;
    const o = signal << STRIDE_BITS;
    const codes = state[o + PREVIOUS] ?? 0;
    if ((codes & 15) === code) return;
    const dt = this.now - (state[o + TIME] ?? 0);
    if (dt === 0) {
      this.#replaceDigit(o, code);
      return;
    }
    this.#writeDigit(o, dt, code);
    state[o + PREVIOUS] = ((codes & 15) << 4) | code;
  }

  /** Records that a signal of layout event fires now. */
  appendEvent(signal: number): void {
    const o = signal << STRIDE_BITS;
    const dt = this.now - (this.#state[o + TIME] ?? 0);
    if (dt > 0) this.#writeDigit(o, dt, 1);
  }

  /** Appends a number below 2^32 to a signal of layout byte or sized. */
  appendNumber(signal: number, value: number): void {
    const state = this.#state;
    const o = signal << STRIDE_BITS;
    const shape = state[o + SHAPE] ?? 0;
    const width = shape & 0xfffffff;
    const dt = this.now - (state[o + TIME] ?? 0);
    if (dt === 0) {
      this.#packer.packNumber(value, width);
      this.#appendPacked(o, this.#packer.form, this.#packer.bytes, this.#packer.length);
      return;
    }
    // What `#appendPacked` does, without going through packed bytes: most changes of vectors come this way.
    const v = (width < 32 ? value & ((1 << width) - 1) : value) >>> 0;
    const isByte = shape >>> 28 === LAYOUT_BYTE;
    const length = v > 0xffffff ? 4 : v > 0xffff ? 3 : v > 0xff ? 2 : v > 0 ? 1 : 0;
    const last = (state[o + LAST] ?? 0) >>> 0;
    if ((state[o + COUNT] ?? 0) > 0 && this.#equalsNumber(last, isByte, v, length)) return;
    let at = (state[o + WRITE] ?? 0) >>> 0;
    if (at + 10 > (state[o + LIMIT] ?? 0) >>> 0) at = this.#grow(o, 10);
    const page = this.arena.page(at);
    const from = at & PAGE_MASK;
    let q = from;
    let header = dt << 2;
    while (header > 127) {
      page[q++] = (header & 127) | 128;
      header >>>= 7;
    }
    page[q++] = header;
    if (isByte) {
      page[q++] = v;
    } else {
      page[q++] = length;
      for (let rest = v, i = 0; i < length; i++, rest >>>= 8) page[q++] = rest;
    }
    state[o + PREVIOUS] = last;
    state[o + LAST] = at;
    state[o + WRITE] = at + q - from;
    state[o + TIME] = this.now;
    state[o + COUNT] = (state[o + COUNT] ?? 0) + 1;
    this.transitions++;
  }

  /**
   * Appends `count` digit codes at ascending time indices to a signal of layout digit: what `appendDigit` does for each of
   * them, in one loop over local variables.
   */
  appendDigitRun(signal: number, times: Uint32Array, codes: Uint8Array, count: number): void {
    const state = this.#state;
    const o = signal << STRIDE_BITS;
    for (let i = 0; i < count;) {
      let at = (state[o + WRITE] ?? 0) >>> 0;
      if (at + 5 > (state[o + LIMIT] ?? 0) >>> 0) at = this.#grow(o, 5);
      const page = this.arena.page(at);
      const from = at & PAGE_MASK;
      const last = from + ((state[o + LIMIT] ?? 0) >>> 0) - at - 5;
      let q = from;
      let record = from;
      let added = 0;
      let time = state[o + TIME] ?? 0;
      let code = (state[o + PREVIOUS] ?? 0) & 15;
      let before = ((state[o + PREVIOUS] ?? 0) >>> 4) & 15;
      let sameTick = false;
      for (; i < count && q <= last; i++) {
        const next = codes[i] ?? 0;
        if (next === code) continue;
        const dt = (times[i] ?? 0) - time;
        if (dt === 0) {
          sameTick = true;
          break;
        }
        before = code;
        code = next;
        time += dt;
        record = q;
        added++;
        let header = next < 2 ? (dt << 2) | (next << 1) : ((dt << 4) | ((next - 2) << 1) | 1) >>> 0;
        while (header > 127) {
          page[q++] = (header & 127) | 128;
          header >>>= 7;
        }
        page[q++] = header;
      }
      if (added > 0) {
        state[o + PREVIOUS] = (before << 4) | code;
        state[o + LAST] = at - from + record;
        state[o + WRITE] = at - from + q;
        state[o + TIME] = time;
        state[o + COUNT] = (state[o + COUNT] ?? 0) + added;
        this.transitions += added;
      }
      if (!sameTick) continue;
      this.now = times[i] ?? 0;
      this.appendDigit(signal, codes[i] ?? 0);
      i++;
    }
  }

  /**
   * Takes over records of one byte each that are in `bytes` from `from` on as they would be written here, zeroes and ones in
   * turn at ascending times below `limit`, and returns where they end. Only if the record before them is the last one of
   * the signal, which is of layout digit.
   */
  takeDigitRecords(signal: number, bytes: Uint8Array, from: number, limit: number): number {
    const state = this.#state;
    const o = signal << STRIDE_BITS;
    let code = (state[o + PREVIOUS] ?? 0) & 15;
    if (code > 1) return from;
    let time = state[o + TIME] ?? 0;
    let to = from;
    for (; to < bytes.length; to++) {
      const record = bytes[to] ?? 0;
      if ((record & 129) !== 0 || record < 4 || ((record >>> 1) & 1) === code) break;
      code ^= 1;
      time += record >>> 2;
    }
    if (to === from || time >= limit) return from;
    for (let at = from; at < to;) {
      let write = (state[o + WRITE] ?? 0) >>> 0;
      if (write >= (state[o + LIMIT] ?? 0) >>> 0) write = this.#grow(o, 5);
      const count = Math.min(to - at, ((state[o + LIMIT] ?? 0) >>> 0) - write);
      this.arena.page(write).set(bytes.subarray(at, at + count), write & PAGE_MASK);
      state[o + WRITE] = write + count;
      state[o + LAST] = write + count - 1;
      at += count;
    }
    state[o + PREVIOUS] = ((code ^ 1) << 4) | code;
    state[o + TIME] = time;
    state[o + COUNT] = (state[o + COUNT] ?? 0) + to - from;
    this.transitions += to - from;
    return to;
  }

  /** Time index of the last change of a signal, -1 if it has none. */
  lastTime(signal: number): number {
    return this.#state[(signal << STRIDE_BITS) + TIME] ?? 0;
  }

  /** Appends the digits in `text[from..to)` to a signal of bits. False if one of them is no digit. */
  appendDigits(signal: number, text: Uint8Array, from: number, to: number): boolean {
    const packer = this.#packer;
    if (!packer.packText(text, from, to, this.width(signal))) return false;
    if (this.layout(signal) === LAYOUT_DIGIT) {
      this.appendDigit(signal, packer.digit());
    } else {
      this.#appendPacked(signal << STRIDE_BITS, packer.form, packer.bytes, packer.length);
    }
    return true;
  }

  /**
   * Appends a value in its packed form: digits as `BitPacker` packs them, the bytes of a real, UTF-8 text. Not for
   * signals of layout digit or event.
   */
  appendPacked(signal: number, form: number, bytes: Uint8Array, length: number): void {
    this.#appendPacked(signal << STRIDE_BITS, form, bytes, length);
  }

  appendReal(signal: number, value: number): void {
    this.#real[0] = Number.isNaN(value) ? Number.NaN : value;
    this.#appendPacked(signal << STRIDE_BITS, 0, this.#realBytes, 8);
  }

  /** Appends UTF-8 text to a signal of layout string. */
  appendString(signal: number, text: Uint8Array): void {
    this.#appendPacked(signal << STRIDE_BITS, 0, text, text.length);
  }

  /** Where the record behind the one at `at` starts. A blob that the record refers to is forgotten if `forget`. */
  #skip(page: Uint8Array, at: number, layout: number, forget: boolean): number {
    let q = at;
    const form = (page[q] ?? 0) & 3;
    while ((page[q++] ?? 0) > 127);
    if (layout === LAYOUT_DIGIT || layout === LAYOUT_EVENT) return q;
    if (layout === LAYOUT_REAL) return q + 8;
    if (layout === LAYOUT_BYTE && form === FORM_TWO) return q + 1;
    const value = readVarint(page, q);
    while ((page[q++] ?? 0) > 127);
    if (form !== FORM_BLOB) return q + value;
    if (!forget) return q;
    this.#blobBytes -= this.blobs[value]?.length ?? 0;
    this.blobs[value] = NO_BLOB;
    this.#freeBlobs.push(value);
    return q;
  }

  /** Makes the columns long enough, with room for more. */
  #makeRoom(): void {
    let size = this.#block.length;
    while (size < this.#length) size *= 2;
    const state = new Int32Array(size * STRIDE);
    state.set(this.#state);
    this.#state = state;
    const block = new Uint16Array(size);
    block.set(this.#block);
    this.#block = block;
    const layouts = new Uint8Array(size);
    layouts.set(this.#layouts);
    this.#layouts = layouts;
  }

  #receive(part: StorePart): void {
    for (const [number, page] of part.pages) this.arena.adopt(number, page);
    for (const [number, blob] of part.blobs) {
      this.blobs[number] = blob;
      this.#blobBytes += blob.length;
    }
  }

  /** Goes to the first record of a signal of another store. */
  #enter(state: Int32Array, o: number): void {
    this.#left = state[o + COUNT] ?? 0;
    this.#blockStart = (state[o + FIRST] ?? 0) >>> 0;
    this.#at = (this.#blockStart & ADDRESS_MASK) >>> 0;
  }

  #join(signal: number, theirs: Int32Array, blocks: Uint16Array, base: number): void {
    const mine = this.#state;
    const o = signal << STRIDE_BITS;
    const layout = this.layout(signal);
    this.#enter(theirs, o);
    this.#replay(signal, base, true);
    const left = this.#left;
    if (left === 0) return;
    // From here on both tell the same story: the rest of the block goes behind what is here, and the others are linked.
    const last = (mine[o + LAST] ?? 0) >>> 0;
    const from = this.#at;
    const page = this.arena.page(from);
    const q = from & PAGE_MASK;
    let end = q;
    while ((page[end] ?? 0) !== 0) end = this.#skip(page, end, layout, false);
    const length = end - q;
    let at = (mine[o + WRITE] ?? 0) >>> 0;
    if (at + length > (mine[o + LIMIT] ?? 0) >>> 0) at = this.#grow(o, length);
    const target = this.arena.page(at);
    for (let i = 0; i < length; i++) target[(at & PAGE_MASK) + i] = page[q + i] ?? 0;
    mine[o + WRITE] = at + length;
    const next = taggedLinkAt(page, end);
    this.#releaseBlock();
    if (next !== 0) {
      writeLink(target, (at & PAGE_MASK) + length, next);
      mine[o + WRITE] = theirs[o + WRITE] ?? 0;
      mine[o + LIMIT] = theirs[o + LIMIT] ?? 0;
      this.#block[signal] = blocks[signal] ?? 0;
    }
    const moved = (address: number): number =>
      address >= from && address < from + length ? address - from + at : address;
    mine[o + LAST] = moved((theirs[o + LAST] ?? 0) >>> 0);
    const previous = theirs[o + PREVIOUS] ?? 0;
    if (layout === LAYOUT_DIGIT || layout === LAYOUT_EVENT) mine[o + PREVIOUS] = previous;
    else mine[o + PREVIOUS] = left === 1 ? last : moved(previous >>> 0);
    mine[o + TIME] = (theirs[o + TIME] ?? 0) + base;
    mine[o + COUNT] = (mine[o + COUNT] ?? 0) + left;
    this.transitions += left;
  }

  /**
   * Appends the records at {@link SignalStore.#at} to a signal, all of them, or as many as it takes until the last record
   * is the same here and there. Blocks that were passed are given back if `join`.
   */
  #replay(signal: number, base: number, join: boolean): void {
    const o = signal << STRIDE_BITS;
    const layout = this.layout(signal);
    const isDigit = layout === LAYOUT_DIGIT || layout === LAYOUT_EVENT;
    let page = this.arena.page(this.#at);
    let local = -1;
    while (this.#left > 0) {
      if (join && local >= 0 && this.#state[o + TIME] === this.now) return;
      let q = this.#at & PAGE_MASK;
      if ((page[q] ?? 0) === 0) {
        const next = taggedLinkAt(page, q);
        if (join) this.#releaseBlock();
        this.#blockStart = next;
        this.#at = (next & ADDRESS_MASK) >>> 0;
        page = this.arena.page(this.#at);
        continue;
      }
      const header = readVarint(page, q);
      local += isDigit && (header & 1) === 1 ? header >>> 4 : header >>> 2;
      this.now = base + local;
      if (layout === LAYOUT_EVENT) {
        this.appendEvent(signal);
      } else if (isDigit) {
        this.appendDigit(signal, (header & 1) === 0 ? (header >>> 1) & 1 : ((header >>> 1) & 7) + 2);
      } else {
        while ((page[q++] ?? 0) > 127);
        this.#replayPacked(o, layout, header & 3, page, q);
      }
      const before = this.#at & PAGE_MASK;
      this.#at += this.#skip(page, before, layout, join) - before;
      this.#left--;
    }
    if (join && this.#left === 0) this.#releaseBlock();
  }

  #releaseBlock(): void {
    const block = this.#blockStart;
    this.arena.release((block & ADDRESS_MASK) >>> 0, FIRST_BLOCK << (block & ~ADDRESS_MASK));
  }

  #replayPacked(
    o: number,
    layout: number,
    form: number,
    page: Uint8Array,
    at: number,
    blobs: readonly (Uint8Array | undefined)[] = this.blobs,
  ): void {
    if (layout === LAYOUT_REAL) {
      this.#appendPacked(o, form, page.subarray(at, at + 8), 8);
      return;
    }
    if (layout === LAYOUT_BYTE && form === FORM_TWO) {
      this.#appendPacked(o, form, page.subarray(at, at + 1), page[at] === 0 ? 0 : 1);
      return;
    }
    const value = readVarint(page, at);
    if (form === FORM_BLOB) {
      const blob = blobs[value] ?? NO_BLOB;
      this.#appendPacked(o, blob[0] ?? 0, blob.subarray(1), blob.length - 1);
      return;
    }
    let from = at;
    while ((page[from++] ?? 0) > 127);
    this.#appendPacked(o, form, page.subarray(from, from + value), value);
  }

  #keepLast(kept: SignalStore, signal: number): void {
    const o = signal << STRIDE_BITS;
    const layout = this.layout(signal);
    const time = this.#state[o + TIME] ?? 0;
    const previous = (this.#state[o + PREVIOUS] ?? 0) >>> 0;
    if (layout === LAYOUT_EVENT) {
      kept.now = time;
      kept.appendEvent(signal);
      return;
    }
    // The record before lies before: how long is of no account, as only the last one can be replaced.
    const hasPrevious = this.count(signal) > 1;
    if (layout === LAYOUT_DIGIT) {
      const before = (previous >>> 4) & 15;
      if (hasPrevious && before !== NO_CODE) {
        kept.now = time - 1;
        kept.appendDigit(signal, before);
      }
      kept.now = time;
      kept.appendDigit(signal, previous & 15);
      return;
    }
    if (hasPrevious) {
      kept.now = time - 1;
      this.#copyRecord(kept, o, layout, previous);
    }
    kept.now = time;
    this.#copyRecord(kept, o, layout, (this.#state[o + LAST] ?? 0) >>> 0);
  }

  #copyRecord(kept: SignalStore, o: number, layout: number, address: number): void {
    const page = this.arena.page(address);
    let q = address & PAGE_MASK;
    const form = (page[q] ?? 0) & 3;
    while ((page[q++] ?? 0) > 127);
    kept.#replayPacked(o, layout, form, page, q, this.blobs);
  }

  #shape(signal: number, kind: SignalKind, width: number): void {
    if (width > MAX_WIDTH)
      throw new ReadFailure("malformed", `A vector of ${width} bits is wider than ${MAX_WIDTH}`);
    const layout =
      kind === "bits"
        ? width === 1
          ? LAYOUT_DIGIT
          : width <= 8
            ? LAYOUT_BYTE
            : LAYOUT_SIZED
        : kind === "real"
          ? LAYOUT_REAL
          : kind === "string"
            ? LAYOUT_STRING
            : LAYOUT_EVENT;
    this.#setShape(signal, (layout << 28) | (kind === "bits" ? width : 1));
  }

  #setShape(signal: number, shape: number): void {
    const o = signal << STRIDE_BITS;
    const layout = shape >>> 28;
    this.#state[o + TIME] = -1;
    this.#state[o + PREVIOUS] = layout === LAYOUT_DIGIT || layout === LAYOUT_EVENT ? NO_CODE : 0;
    this.#layouts[signal] = layout;
    this.#state[o + SHAPE] = shape;
  }

  #writeDigit(o: number, dt: number, code: number): void {
    const state = this.#state;
    let at = (state[o + WRITE] ?? 0) >>> 0;
    if (at + 5 > (state[o + LIMIT] ?? 0) >>> 0) at = this.#grow(o, 5);
    const page = this.arena.pages[at >>> PAGE_BITS];
    if (page === undefined) return;
    let q = at & PAGE_MASK;
    const from = q;
    let header = code < 2 ? (dt << 2) | (code << 1) : ((dt << 4) | ((code - 2) << 1) | 1) >>> 0;
    while (header > 127) {
      page[q++] = (header & 127) | 128;
      header >>>= 7;
    }
    page[q++] = header;
    state[o + LAST] = at;
    state[o + WRITE] = at + q - from;
    state[o + TIME] = this.now;
    state[o + COUNT] = (state[o + COUNT] ?? 0) + 1;
    this.transitions++;
  }

  /** A second value at the tick of the last record. */
  #replaceDigit(o: number, code: number): void {
    const state = this.#state;
    const before = ((state[o + PREVIOUS] ?? 0) >>> 4) & 15;
    const dt = this.#removeLast(o, true);
    if (before === code) {
      state[o + PREVIOUS] = (NO_CODE << 4) | before;
    } else {
      this.#writeDigit(o, dt, code);
      state[o + PREVIOUS] = (before << 4) | code;
    }
  }

  #appendPacked(o: number, form: number, bytes: Uint8Array, length: number): void {
    const state = this.#state;
    let dt = this.now - (state[o + TIME] ?? 0);
    if (dt === 0) {
      const previous = (state[o + PREVIOUS] ?? 0) >>> 0;
      dt = this.#removeLast(o, false);
      state[o + LAST] = previous;
    }
    const last = (state[o + LAST] ?? 0) >>> 0;
    const layout = (state[o + SHAPE] ?? 0) >>> 28;
    if ((state[o + COUNT] ?? 0) > 0 && this.#equals(last, layout, form, bytes, length)) return;

    let blob = -1;
    if (length > MAX_INLINE) {
      blob = this.#freeBlobs.pop() ?? this.#numbers.takeBlob();
      const copy = new Uint8Array(length + 1);
      copy[0] = form;
      copy.set(bytes.subarray(0, length), 1);
      this.blobs[blob] = copy;
      this.#blobBytes += copy.length;
    }
    const need = blob < 0 ? 8 + length : 10;
    let at = (state[o + WRITE] ?? 0) >>> 0;
    if (at + need > (state[o + LIMIT] ?? 0) >>> 0) at = this.#grow(o, need);
    const page = this.arena.page(at);
    let q = at & PAGE_MASK;
    const from = q;
    q = writeVarint(page, q, ((dt << 2) | (blob < 0 ? form : FORM_BLOB)) >>> 0);
    if (blob >= 0) {
      q = writeVarint(page, q, blob);
    } else if (layout === LAYOUT_REAL) {
      for (let i = 0; i < 8; i++) page[q++] = bytes[i] ?? 0;
    } else if (layout === LAYOUT_BYTE && form === FORM_TWO) {
      page[q++] = length === 0 ? 0 : (bytes[0] ?? 0);
    } else {
      q = writeVarint(page, q, length);
      for (let i = 0; i < length; i++) page[q++] = bytes[i] ?? 0;
    }
    state[o + PREVIOUS] = last;
    state[o + LAST] = at;
    state[o + WRITE] = at + q - from;
    state[o + TIME] = this.now;
    state[o + COUNT] = (state[o + COUNT] ?? 0) + 1;
    this.transitions++;
  }

  /** Takes the last record back and returns its dt. Digits and the rest differ in where dt stands in the header. */
  #removeLast(o: number, digit: boolean): number {
    const state = this.#state;
    const at = (state[o + LAST] ?? 0) >>> 0;
    const end = (state[o + WRITE] ?? 0) >>> 0;
    const page = this.arena.page(at);
    const header = readVarint(page, at & PAGE_MASK);
    const dt = digit && (header & 1) === 1 ? header >>> 4 : header >>> 2;
    page.fill(0, at & PAGE_MASK, (at & PAGE_MASK) + end - at);
    state[o + WRITE] = at;
    state[o + TIME] = (state[o + TIME] ?? 0) - dt;
    state[o + COUNT] = (state[o + COUNT] ?? 0) - 1;
    this.transitions--;
    return dt;
  }

  /** Whether the record at an address holds this two-state number. */
  #equalsNumber(at: number, isByte: boolean, value: number, length: number): boolean {
    const page = this.arena.page(at);
    let q = at & PAGE_MASK;
    if (((page[q] ?? 0) & 3) !== FORM_TWO) return false;
    while ((page[q++] ?? 0) > 127);
    if (isByte) return page[q] === value;
    if (page[q] !== length) return false;
    for (let rest = value, i = 1; i <= length; i++, rest >>>= 8)
      if (page[q + i] !== (rest & 255)) return false;
    return true;
  }

  #equals(at: number, layout: number, form: number, bytes: Uint8Array, length: number): boolean {
    const page = this.arena.page(at);
    let q = at & PAGE_MASK;
    const stored = (page[q] ?? 0) & 3;
    while ((page[q++] ?? 0) > 127);
    if (stored === FORM_BLOB) {
      const blob = this.blobs[readVarint(page, q)];
      if (blob === undefined || blob.length !== length + 1 || blob[0] !== form) return false;
      for (let i = 0; i < length; i++) if (blob[i + 1] !== bytes[i]) return false;
      return true;
    }
    if (stored !== form) return false;
    if (layout === LAYOUT_BYTE && form === FORM_TWO) return page[q] === (length === 0 ? 0 : bytes[0]);
    if (layout !== LAYOUT_REAL) {
      if (readVarint(page, q) !== length) return false;
      while ((page[q++] ?? 0) > 127);
    }
    for (let i = 0; i < length; i++) if (page[q + i] !== bytes[i]) return false;
    return true;
  }

  /** Chains a block with room for `need` bytes to a signal and returns where to write. */
  #grow(o: number, need: number): number {
    const state = this.#state;
    const signal = o >>> STRIDE_BITS;
    const before = this.#block[signal] ?? 0;
    let size = before === 0 ? FIRST_BLOCK : Math.min(MAX_BLOCK, before * 2);
    while (size < need + LINK_BYTES) size *= 2;
    const at = this.arena.allocate(size);
    const block = at | (31 - Math.clz32(size / FIRST_BLOCK));
    if (before === 0) {
      state[o + FIRST] = block;
    } else {
      const write = (state[o + WRITE] ?? 0) >>> 0;
      const page = this.arena.page(write);
      const q = write & PAGE_MASK;
      writeLink(page, q, block);
    }
    this.#block[signal] = Math.min(size, MAX_BLOCK);
    state[o + WRITE] = at;
    state[o + LIMIT] = at + size - LINK_BYTES;
    return at;
  }
}

/** A bit for each signal of a store, set if the signal changes in it. */
export function changingSignals({ state }: StorePart): Uint8Array {
  const signals = state.length >>> STRIDE_BITS;
  const changing = new Uint8Array(Math.ceil(signals / 8));
  for (let signal = 0; signal < signals; signal++) {
    if ((state[(signal << STRIDE_BITS) + COUNT] ?? 0) === 0) continue;
    changing[signal >>> 3] = (changing[signal >>> 3] ?? 0) | (1 << (signal & 7));
  }
  return changing;
}

function writeLink(page: Uint8Array, q: number, block: number): void {
  page[q] = 0;
  page[q + 1] = block;
  page[q + 2] = block >>> 8;
  page[q + 3] = block >>> 16;
  page[q + 4] = block >>> 24;
}

/** What stands behind a zero byte: the address of the next block with its size, 0 if the stream ends. */
function taggedLinkAt(page: Uint8Array, q: number): number {
  return (
    ((page[q + 1] ?? 0) |
      ((page[q + 2] ?? 0) << 8) |
      ((page[q + 3] ?? 0) << 16) |
      ((page[q + 4] ?? 0) << 24)) >>>
    0
  );
}

function writeVarint(page: Uint8Array, at: number, value: number): number {
  let q = at;
  let rest = value;
  while (rest > 127) {
    page[q++] = (rest & 127) | 128;
    rest >>>= 7;
  }
  page[q++] = rest;
  return q;
}

/** Reads an unsigned number in groups of seven bits, least significant first. */
export function readVarint(page: Uint8Array, at: number): number {
  let q = at;
  let byte = page[q++] ?? 0;
  let value = byte & 127;
  for (let shift = 7; byte > 127 && shift < 35; shift += 7) {
    byte = page[q++] ?? 0;
    value |= (byte & 127) << shift;
  }
  return value >>> 0;
}

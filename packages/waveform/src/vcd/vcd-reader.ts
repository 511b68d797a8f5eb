// Longer than most files here: one loop over the bytes of a file, kept together because it is hot.
import { ReadFailure } from "../failure.js";
import type { ByteSource } from "../source/byte-source.js";
import { digitCodes, NO_DIGIT } from "../store/digits.js";
import {
  LAYOUT_DIGIT,
  LAYOUT_EVENT,
  LAYOUT_REAL,
  LAYOUT_SIZED,
  LAYOUT_STRING,
} from "../store/signal-store.js";
import type { WaveformBuilder } from "../store/waveform-builder.js";
import { HeaderReader } from "./header-reader.js";
import { parseReal, portDigits, unescapeString } from "./values.js";
import { VcdClock } from "./vcd-clock.js";

export interface VcdOptions {
  /** Bytes read at a time. */
  readonly chunkBytes?: number;
  /** Called after each chunk with the number of bytes read so far. */
  readonly onProgress?: (bytesRead: number) => void;
}

/** A single value may be this long. */
const MAX_ITEM_BYTES = 64 << 20;
/** A declaration, a date or a version may be this long; comments may have any length. */
const MAX_DECLARATION_BYTES = 1 << 20;

const SPACE = 32;
const HASH = 35;
const DOLLAR = 36;

/**
 * Reads a value change dump (IEEE 1364-2005, clause 18, with 18.4 extended VCD) into a builder. What is found in the
 * wild beyond that is accepted where its meaning is clear; a file that ends in the middle gives what was there and a
 * warning "truncated". Throws {@link ReadFailure}.
 */
export function readVcd(source: ByteSource, builder: WaveformBuilder, options: VcdOptions = {}): void {
  new VcdReader(source, builder, options).run();
}

class VcdReader {
  readonly #source: ByteSource;
  readonly #builder: WaveformBuilder;
  readonly #options: VcdOptions;
  readonly #header: HeaderReader;
  readonly #clock: VcdClock;
  #buffer: Uint8Array<ArrayBuffer>;
  /** Offset in the file of the first byte in the buffer. */
  #base = 0;
  /** Inside of a command whose text does not matter. */
  #skipping = false;
  /** Where the open `$dumpvars`, `$dumpall`, … starts in the file, -1 if there is none. */
  #dump = -1;
  #inBody = false;
  #commandSeen = false;

  constructor(source: ByteSource, builder: WaveformBuilder, options: VcdOptions) {
    this.#source = source;
    this.#builder = builder;
    this.#options = options;
    this.#header = new HeaderReader(builder);
    this.#clock = new VcdClock(builder);
    this.#buffer = new Uint8Array((options.chunkBytes ?? 1 << 20) + 1);
  }

  run(): void {
    let filled = 0;
    for (;;) {
      if (filled + 1 >= this.#buffer.length) this.#growBuffer();
      const count = this.#source.read(this.#buffer, filled, this.#buffer.length - 1 - filled);
      filled += count;
      this.#buffer[filled] = 10; // ends every token
      const used = this.#scan(filled, count === 0);
      this.#options.onProgress?.(this.#base + filled);
      if (count === 0) break;
      this.#buffer.copyWithin(0, used, filled);
      this.#base += used;
      filled -= used;
    }
    this.#finish(this.#base + filled);
  }

  #growBuffer(): void {
    if (this.#buffer.length > MAX_ITEM_BYTES) {
      this.#malformed(`An item of the file is longer than ${MAX_ITEM_BYTES} bytes`, 0);
    }
    const larger = new Uint8Array((this.#buffer.length - 1) * 2 + 1);
    larger.set(this.#buffer);
    this.#buffer = larger;
  }

  /** Takes whole items from `buffer[0..end)` and returns where the first unfinished one starts. */
  #scan(end: number, final: boolean): number {
    const buffer = this.#buffer;
    const { signals, changes } = this.#builder;
    const clock = this.#clock;
    const ids = this.#header.ids;
    let dense = this.#inBody ? ids.dense : undefined;
    let p = 0;
    while (p < end) {
      const c = buffer[p] ?? 0;
      if (c <= SPACE) {
        p++;
        continue;
      }
      let e = p + 1;

      if (this.#skipping) {
        while ((buffer[e] ?? 0) > SPACE) e++;
        // Of a long word the end is enough to know later that it is not `$end`.
        if (e === end && !final) return Math.max(p, e - 5);
        if (e - p === 4 && isEnd(buffer, p)) this.#skipping = false;
        p = e;
        continue;
      }

      const code = digitCodes[c] ?? NO_DIGIT;
      if (code !== NO_DIGIT) {
        let signal = -1;
        if (dense === undefined) {
          if (!this.#inBody) this.#enterBody(p);
          dense = ids.dense;
          while ((buffer[e] ?? 0) > SPACE) e++;
          if (e < end) signal = ids.find(buffer, p + 1, e);
        } else {
          let number = 0;
          let unit = 1;
          for (let d = buffer[e] ?? 0; d > SPACE; d = buffer[++e] ?? 0) {
            number = (number + Math.imul(d - SPACE, unit)) | 0;
            unit = Math.imul(unit, 94);
          }
          if (e - p - 1 <= ids.longest && number >>> 0 < dense.length) signal = (dense[number] ?? 0) - 1;
        }
        if (e === end) {
          if (!final || !this.#cutIsHarmless(p, p + 1, e)) return this.#cut(p, end, final);
          signal = ids.find(buffer, p + 1, e);
        }
        if (signal < 0) {
          this.#undeclared(p, p + 1, e);
        } else {
          if (clock.pending) clock.apply();
          const layout = signals.layout(signal);
          if (layout === LAYOUT_DIGIT) changes.appendDigit(signal, code);
          else this.#value(signal, layout, p, p + 1);
        }
        p = e;
        continue;
      }

      if (c === HASH) {
        while ((buffer[e] ?? 0) > SPACE) e++;
        if (e === end) {
          if (!final) return p;
          this.#truncated(p);
        }
        if (!this.#inBody) this.#enterBody(p);
        this.#dump = -1;
        const wrong = clock.stamp(buffer, p + 1, e, this.#base + p);
        if (wrong !== undefined && e < end) this.#malformed(wrong, p);
        p = e;
        continue;
      }

      if (c === DOLLAR) {
        const next = this.#command(p, end, final);
        if (next < 0) return final ? this.#cut(p, end, true) : p;
        if (!this.#inBody || ids.dense === undefined) dense = undefined;
        p = next;
        continue;
      }

      // b, r, s: the value, space, the code. p: value, two strengths, the code.
      const type = c | 32;
      if (type !== 98 && type !== 114 && type !== 115 && type !== 112) {
        if (this.#base + p === 0 && c === 0xef) {
          if (end < 3 && !final) return p;
          if (buffer[1] === 0xbb && buffer[2] === 0xbf) {
            p = 3; // the byte order mark that some editors put before UTF-8
            continue;
          }
        }
        this.#unexpected(p, end, final);
      }
      // The number is meant for short two-state vectors; `other` tells whether there was any other digit.
      let value = 0;
      let other = 0;
      for (let d = buffer[e] ?? 0; d > SPACE; d = buffer[++e] ?? 0) {
        other |= d ^ 48;
        value = (value << 1) | (d & 1);
      }
      const valueEnd = e;
      let from = e;
      for (let skip = type === 112 ? 3 : 1; skip > 0; skip--) {
        while (e < end && (buffer[e] ?? 0) <= SPACE) e++;
        from = e;
        if (skip > 1) while ((buffer[e] ?? 0) > SPACE) e++;
      }
      let number = 0;
      let unit = 1;
      for (let d = buffer[e] ?? 0; d > SPACE; d = buffer[++e] ?? 0) {
        number = (number + Math.imul(d - SPACE, unit)) | 0;
        unit = Math.imul(unit, 94);
      }
      if (e === end && (!final || from === e || !this.#cutIsHarmless(p, from, e)))
        return this.#cut(p, end, final);
      let signal = -1;
      if (dense === undefined) {
        if (!this.#inBody) this.#enterBody(p);
        dense = ids.dense;
        signal = ids.find(buffer, from, e);
      } else if (e - from <= ids.longest && number >>> 0 < dense.length) {
        signal = (dense[number] ?? 0) - 1;
      }
      if (signal < 0) {
        this.#undeclared(p, from, e);
      } else {
        if (clock.pending) clock.apply();
        const layout = signals.layout(signal);
        if (type === 98 && other <= 1 && valueEnd - p <= 33 && valueEnd > p + 1 && layout <= LAYOUT_SIZED) {
          if (layout === LAYOUT_DIGIT) changes.appendDigit(signal, value & 1);
          else changes.appendNumber(signal, value >>> 0);
        } else {
          this.#typedValue(signal, layout, type, p, valueEnd);
        }
      }
      p = e;
    }
    return p;
  }

  /** A value that starts with a letter: b, r, s or p. */
  #typedValue(signal: number, signalLayout: number, type: number, p: number, to: number): void {
    const changes = this.#builder.changes;
    const buffer = this.#buffer;
    let layout = signalLayout;
    if (type === 98) {
      this.#value(signal, layout, p + 1, to);
      return;
    }
    if (type === 112) {
      const digits = portDigits(buffer, p + 1, to);
      if (digits === undefined) this.#malformed("This is no port value of extended VCD", p);
      if (layout === LAYOUT_REAL || layout === LAYOUT_STRING || layout === LAYOUT_EVENT) this.#mismatch(p);
      else changes.appendDigits(signal, digits, 0, digits.length);
      return;
    }
    if (type === 114) {
      const value = parseReal(buffer, p + 1, to);
      if (value === undefined) this.#malformed("This is no real number", p);
      if (layout !== LAYOUT_REAL && changes.reshape(signal, "real", 1)) layout = LAYOUT_REAL;
      if (layout === LAYOUT_REAL) changes.appendReal(signal, value);
      else this.#mismatch(p);
      return;
    }
    if (layout !== LAYOUT_STRING && changes.reshape(signal, "string", 1)) layout = LAYOUT_STRING;
    if (layout === LAYOUT_STRING) changes.appendString(signal, unescapeString(buffer, p + 1, to));
    else this.#mismatch(p);
  }

  /** Appends the digits in `buffer[from..to)` to a signal of any layout. */
  #value(signal: number, layout: number, from: number, to: number): void {
    const changes = this.#builder.changes;
    const buffer = this.#buffer;
    if (layout === LAYOUT_EVENT) {
      // A dump of all values shows events too (Icarus), which says nothing about their firing.
      if (this.#dump < 0 && buffer[to - 1] === 49) changes.appendEvent(signal);
    } else if (layout === LAYOUT_REAL || layout === LAYOUT_STRING) {
      this.#mismatch(from);
    } else if (to === from || !changes.appendDigits(signal, buffer, from, to)) {
      this.#malformed("This is no value: digits are 0, 1, x, z and those of VHDL", from);
    }
  }

  /** Reads the command at `p`; returns where it ends, or -1 if it does not end in the buffer. */
  #command(p: number, end: number, final: boolean): number {
    const buffer = this.#buffer;
    // Most of a header: `$var`.
    if (
      buffer[p + 1] === 118 &&
      buffer[p + 2] === 97 &&
      buffer[p + 3] === 114 &&
      (buffer[p + 4] ?? 33) <= SPACE
    ) {
      const next = this.#header.plainVariable(buffer, p + 4, end);
      if (next >= 0) {
        this.#commandSeen = true;
        return next;
      }
    }
    let e = p + 1;
    while ((buffer[e] ?? 0) > SPACE && e - p < 32) e++;
    if (e === end && !final) return -1;
    const word = latin1(buffer, p + 1, e);
    if (word === "end") {
      this.#dump = -1;
      return e;
    }
    if (word.startsWith("dump")) {
      if (e === end) return -1;
      if (!this.#inBody) this.#enterBody(p, true);
      this.#dump = this.#base + p;
      return e;
    }
    if (!this.#header.knows(word)) {
      // $comment, $vcdclose and whatever a tool adds. A file cut off inside of the word itself ends here too.
      while ((buffer[e] ?? 0) > SPACE) e++;
      if (e === end) return -1;
      this.#skipping = true;
      return e;
    }
    // Declarations are read whole.
    const tokens: { from: number; to: number }[] = [];
    for (let from = e; ;) {
      while (from < end && (buffer[from] ?? 0) <= SPACE) from++;
      let to = from;
      while ((buffer[to] ?? 0) > SPACE) to++;
      if (to - p > MAX_DECLARATION_BYTES) {
        this.#malformed(`$${word} does not end within ${MAX_DECLARATION_BYTES} bytes`, p);
      }
      if (to === end && (!final || to - from !== 4 || !isEnd(buffer, from))) return -1;
      const ends = to - from === 4 && isEnd(buffer, from);
      if (word === "enddefinitions" && !ends) {
        // Without its $end; what follows are values.
        this.#header.end();
        this.#inBody = true;
        return e;
      }
      if (
        ends ||
        (buffer[from] === DOLLAR && this.#header.knows(latin1(buffer, from + 1, Math.min(to, from + 20))))
      ) {
        const wrong = this.#header.declare(word, buffer, tokens);
        if (wrong !== undefined) this.#malformed(wrong, p);
        if (word === "enddefinitions") this.#inBody = true;
        this.#commandSeen = true;
        return ends ? to : from;
      }
      tokens.push({ from, to });
      from = to;
    }
  }

  /** The first change or time stamp; `$enddefinitions` should have come before. */
  #enterBody(p: number, declared = false): void {
    this.#inBody = true;
    if (this.#header.ended) return;
    if (!this.#commandSeen && !declared) this.#malformed("Values come before any declaration", p);
    this.#header.end();
    this.#builder.warn({
      code: "missing-enddefinitions",
      byte: this.#base + p,
      message: "The header has no $enddefinitions",
    });
  }

  /** A change whose code is the last thing in the file is complete if no code is longer. */
  #cutIsHarmless(p: number, from: number, to: number): boolean {
    if (to === from || to - from !== this.#header.ids.longest) return false;
    this.#truncated(p);
    return true;
  }

  /** What `#scan` returns for an unfinished item: wait for more bytes, or give it up at the end of the file. */
  #cut(p: number, end: number, final: boolean): number {
    if (!final) return p;
    this.#truncated(p);
    return end;
  }

  #truncated(p: number): void {
    this.#truncatedAt(this.#base + p, "in the middle of a line");
  }

  #truncatedAt(byte: number, where: string): void {
    this.#builder.warn({
      code: "truncated",
      byte,
      time: this.#clock.time,
      message: `The file ends ${where}: what comes after this is missing. Was the simulation interrupted, or is it still running?`,
    });
  }

  #finish(size: number): void {
    if (this.#skipping) this.#truncatedAt(size, "inside of a comment");
    else if (this.#dump >= 0) this.#truncatedAt(size, "inside of a dump of all values");
    else if (!this.#inBody) this.#truncatedAt(size, "in its header");
    this.#clock.finish();
  }

  #undeclared(p: number, from: number, to: number): void {
    if (to === from) this.#malformed("A value without the identifier code of a variable", p);
    const code = latin1(this.#buffer, from, Math.min(to, from + 20));
    this.#builder.warn({
      code: "undeclared-id",
      byte: this.#base + p,
      time: this.#clock.time,
      message: `Values of identifier code "${code}", which no variable has, are ignored`,
    });
  }

  #mismatch(p: number): void {
    this.#builder.warn({
      code: "type-mismatch",
      byte: this.#base + p,
      time: this.#clock.time,
      message: "A value that does not fit the type of its variable is ignored",
    });
  }

  #unexpected(p: number, end: number, final: boolean): void {
    let to = p;
    while ((this.#buffer[to] ?? 0) > SPACE && to - p < 20) to++;
    if (to === end && !final && to - p < 20) to = end;
    const text = latin1(this.#buffer, p, to).replaceAll(/[^\x20-\x7e]/g, "?");
    this.#malformed(`"${text}" is neither a value, a time nor a command of VCD`, p);
  }

  #malformed(message: string, p: number): never {
    const byte = this.#base + p;
    const line = this.#source.lineOf(byte);
    throw new ReadFailure("malformed", message, line === undefined ? { byte } : { byte, line });
  }
}

function isEnd(buffer: Uint8Array, at: number): boolean {
  return buffer[at] === DOLLAR && buffer[at + 1] === 101 && buffer[at + 2] === 110 && buffer[at + 3] === 100;
}

/** Short text; a loop, because spreading bytes into arguments costs more. */
function latin1(buffer: Uint8Array, from: number, to: number): string {
  let text = "";
  for (let i = from; i < to; i++) text += String.fromCharCode(buffer[i] ?? 0);
  return text;
}

// Longer than most files here: one loop over the bytes of a file, kept together because it is hot.
import { ReadFailure } from "../failure.js";
import type { ByteSource } from "../source/byte-source.js";
import type { SignalKind } from "../model.js";
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
import { UNWANTED, type IdTable } from "./id-table.js";
import { VcdClock, type ClockState } from "./vcd-clock.js";

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
 * wild beyond that is accepted where its meaning is clear; a file that ends in the middle, or is damaged, gives what was
 * there up to that place and a warning "truncated". Throws {@link ReadFailure} for what is wrong in the declarations.
 */
export function readVcd(source: ByteSource, builder: WaveformBuilder, options: VcdOptions = {}): void {
  const reader = new VcdReader(builder, options);
  while (reader.readSome(source)) options.onProgress?.(reader.bytesRead);
  options.onProgress?.(reader.bytesRead);
  reader.finish();
}

/** Thrown in a segment for what can only be understood with all that comes before it. */
export class NeedsWhole extends Error {
  override readonly name = "NeedsWhole";
}

/** How a reader reads a part of a file of which others read what comes before. */
export interface VcdPart {
  readonly ids: IdTable;
  /** What signals are has been found out: values that do not fit and declarations are passed over. */
  readonly keepsShapes: boolean;
}

/** Where a reader stands among the bytes of a file, between two items. */
export interface VcdState {
  /** Offset of the first byte that was not taken. */
  readonly position: number;
  /** Inside of a command whose text does not matter. */
  readonly skipping: boolean;
  /** Where the open `$dumpvars`, `$dumpall`, … starts, -1 if there is none. */
  readonly dump: number;
  readonly clock: ClockState;
}

/**
 * Reads the items of a file, chunk by chunk, and can go on from any place between two items: with more bytes of a file
 * that has grown, or in the middle of a file with the declarations from its start.
 */
export class VcdReader {
  readonly #builder: WaveformBuilder;
  readonly #header: HeaderReader;
  readonly #clock: VcdClock;
  readonly #part: VcdPart | undefined;
  #source: ByteSource | undefined;
  #buffer: Uint8Array<ArrayBuffer>;
  #filled = 0;
  /** Offset in the file of the first byte in the buffer. */
  #base = 0;
  #skipping = false;
  #dump = -1;
  #inBody = false;
  #commandSeen = false;
  /** Behind the last declaration that was understood. */
  #declaredTo = 0;
  #stopAtBody = false;
  #damagedAt: number | undefined;
  /** How things were before the end of the file was read as such; more bytes may come. */
  #unfinished: { state: VcdState; warnings: number; switches: number; start: bigint } | undefined;

  constructor(
    builder: WaveformBuilder,
    options: { readonly chunkBytes?: number; readonly part?: VcdPart } = {},
  ) {
    this.#builder = builder;
    this.#part = options.part;
    this.#inBody = options.part !== undefined;
    this.#header = new HeaderReader(builder, options.part?.ids);
    this.#clock = new VcdClock(builder);
    this.#buffer = new Uint8Array((options.chunkBytes ?? 1 << 20) + 1);
  }

  /** Offset behind the last byte that was read. */
  get bytesRead(): number {
    return this.#base + this.#filled;
  }

  /** The declarations are over. */
  get inBody(): boolean {
    return this.#inBody;
  }

  /** Something was found that is no VCD: nothing more is read. */
  get damaged(): boolean {
    return this.#damagedAt !== undefined;
  }

  get damagedAt(): number | undefined {
    return this.#damagedAt;
  }

  get time(): bigint {
    return this.#clock.time;
  }

  get ids(): IdTable {
    return this.#header.ids;
  }

  get state(): VcdState {
    const clock = this.#clock.state;
    return { position: this.#base, skipping: this.#skipping, dump: this.#dump, clock };
  }

  /** Goes on from another place, of which all that comes before is in the builder. */
  moveTo(state: VcdState): void {
    this.#base = state.position;
    this.#filled = 0;
    this.#skipping = state.skipping;
    this.#dump = state.dump;
    this.#clock.moveTo(state.clock);
  }

  /** Goes on from here with a store in which others have entered changes meanwhile. */
  stay(): void {
    this.#clock.moveTo(this.#clock.state);
  }

  /** Reads until the declarations are over, at best no further than that. */
  readHeader(source: ByteSource): void {
    this.#stopAtBody = true;
    while (!this.#inBody && this.readSome(source));
    this.#stopAtBody = false;
  }

  /** Takes the items of one more chunk. False at the end of the source. */
  readSome(source: ByteSource): boolean {
    this.#source = source;
    this.resume();
    if (this.damaged) return false;
    if (this.#filled + 1 >= this.#buffer.length) this.#growBuffer();
    const count = source.read(this.#buffer, this.#filled, this.#buffer.length - 1 - this.#filled);
    if (count === 0) return false;
    this.#filled += count;
    this.#take(false);
    return true;
  }

  /** The file ends here: takes what can be understood of the last item, and says what is missing. */
  finish(): void {
    if (this.#unfinished !== undefined) return;
    const { warnings, dumpSwitches, start } = this.#builder;
    const switches = dumpSwitches.length;
    this.#unfinished = { state: this.state, warnings: warnings.length, switches, start };
    if (!this.damaged) {
      this.#take(true);
      if (!this.damaged) this.#sayWhatIsOpen(this.#base + this.#filled);
    }
    this.#clock.finish();
  }

  /** Hands over what is gathered, so that everything up to here can be asked for. */
  flush(): void {
    this.#clock.finish();
  }

  /** More bytes came after all: forgets how the end was understood. */
  resume(): void {
    const unfinished = this.#unfinished;
    if (unfinished === undefined) return;
    this.#unfinished = undefined;
    this.#builder.warnings.length = unfinished.warnings;
    this.#builder.dumpSwitches.length = unfinished.switches;
    this.#builder.start = unfinished.start;
    const { state } = unfinished;
    this.moveTo({ ...state, position: Math.max(state.position, this.#declaredTo) });
  }

  #take(final: boolean): void {
    this.#buffer[this.#filled] = 10; // ends every token
    let used: number;
    try {
      used = this.#scan(this.#filled, final);
    } catch (error) {
      if (!(error instanceof ReadFailure) || error.code !== "malformed" || !this.#inBody || this.#part) {
        throw error;
      }
      this.#damagedAt = error.byte ?? this.#base;
      this.#builder.warn({
        code: "truncated",
        byte: this.#damagedAt,
        time: this.#clock.time,
        message: `The file is damaged${error.line === undefined ? "" : ` at line ${error.line}`}: ${error.message}. What comes after this is not shown.`,
      });
      return;
    }
    if (final) return;
    this.#buffer.copyWithin(0, used, this.#filled);
    this.#base += used;
    this.#filled -= used;
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
          if (!this.#inBody && this.#enterBody(p)) return p;
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
          if (signal === UNWANTED) {
            p = e;
            continue;
          }
          const layout = signals.layout(signal);
          if (layout === LAYOUT_DIGIT) changes.appendDigit(signal, code);
          else this.#value(signal, layout, p, p + 1);
        }
        p = e;
        continue;
      }

      if (c === HASH) {
        while ((buffer[e] ?? 0) > SPACE) e++;
        // Digits at the end of the file may be the first ones of a later time.
        if (e === end) return this.#cut(p, end, final);
        if (!this.#inBody && this.#enterBody(p)) return p;
        this.#dump = -1;
        const wrong = clock.stamp(buffer, p + 1, e, this.#base + p);
        if (wrong !== undefined) this.#malformed(wrong, p);
        p = e;
        continue;
      }

      if (c === DOLLAR) {
        const next = this.#command(p, end, final);
        if (next < 0) return final ? this.#cut(p, end, true) : p;
        if (!this.#inBody || ids.dense === undefined) dense = undefined;
        p = next;
        if (this.#stopAtBody && this.#inBody) return p;
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
        if (!this.#inBody && this.#enterBody(p)) return p;
        dense = ids.dense;
        signal = ids.find(buffer, from, e);
      } else if (e - from <= ids.longest && number >>> 0 < dense.length) {
        signal = (dense[number] ?? 0) - 1;
      }
      if (signal < 0) {
        this.#undeclared(p, from, e);
      } else {
        if (clock.pending) clock.apply();
        if (signal === UNWANTED) {
          p = e;
          continue;
        }
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
      if (layout !== LAYOUT_REAL && this.#reshape(signal, "real")) layout = LAYOUT_REAL;
      if (layout === LAYOUT_REAL) changes.appendReal(signal, value);
      else this.#mismatch(p);
      return;
    }
    if (layout !== LAYOUT_STRING && this.#reshape(signal, "string")) layout = LAYOUT_STRING;
    if (layout === LAYOUT_STRING) changes.appendString(signal, unescapeString(buffer, p + 1, to));
    else this.#mismatch(p);
  }

  /** Gives a signal the kind that its first value has. False if that was not its first. */
  #reshape(signal: number, kind: SignalKind): boolean {
    if (this.#part?.keepsShapes === true) return false;
    const isFirst = this.#builder.changes.reshape(signal, kind, 1);
    if (isFirst && this.#part) throw new NeedsWhole("the first value in this part has another kind");
    return isFirst;
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

  /** `$dumpvars`, `$dumpoff`, … (clause 18.3.6), and those of extended VCD, `$dumpportsoff`, … (18.4.3). */
  #startDump(word: string, p: number): void {
    this.#dump = this.#base + p;
    const active = word === "dumpon" || word === "dumpportson";
    if (active || word === "dumpoff" || word === "dumpportsoff")
      this.#builder.switchDump({ active, time: this.#clock.time });
  }

  /** {@link #command} in a part. */
  #commandInPart(part: VcdPart, p: number, end: number): number {
    let e = p + 1;
    while ((this.#buffer[e] ?? 0) > SPACE && e - p < 32) e++;
    if (e === end) return -1;
    const word = latin1(this.#buffer, p + 1, e);
    if (word === "end") {
      this.#dump = -1;
      return e;
    }
    if (word.startsWith("dump")) {
      this.#startDump(word, p);
      return e;
    }
    if (this.#header.knows(word) && !part.keepsShapes) throw new NeedsWhole("a declaration in the body");
    while ((this.#buffer[e] ?? 0) > SPACE) e++;
    if (e === end) return -1;
    this.#skipping = true;
    return e;
  }

  /** Reads the command at `p`; returns where it ends, or -1 if it does not end in the buffer. */
  #command(p: number, end: number, final: boolean): number {
    const buffer = this.#buffer;
    if (this.#part) return this.#commandInPart(this.#part, p, end);
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
        this.#declaredTo = this.#base + next;
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
      this.#startDump(word, p);
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
        this.#declaredTo = this.#base + (ends ? to : from);
        return ends ? to : from;
      }
      tokens.push({ from, to });
      from = to;
    }
  }

  /**
   * The first change or time stamp; `$enddefinitions` should have come before. True if reading stops before it: what is in
   * the body is for others to read.
   */
  #enterBody(p: number, declared = false): boolean {
    if (!this.#header.ended && !this.#commandSeen && !declared)
      this.#malformed("Values come before any declaration", p);
    this.#inBody = true;
    if (this.#header.ended) return this.#stopAtBody;
    this.#header.end();
    this.#builder.warn({
      code: "missing-enddefinitions",
      byte: this.#base + p,
      message: "The header has no $enddefinitions",
    });
    return this.#stopAtBody;
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

  #sayWhatIsOpen(size: number): void {
    if (this.#skipping) this.#truncatedAt(size, "inside of a comment");
    else if (this.#dump >= 0) this.#truncatedAt(size, "inside of a dump of all values");
    else if (!this.#inBody) this.#truncatedAt(size, "in its header");
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
    const line = this.#part ? undefined : this.#source?.lineOf(byte);
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

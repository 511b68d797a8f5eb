import type { SignalKind } from "../model.js";
import { NONE } from "../store/hierarchy.js";
import { MAX_WIDTH } from "../store/signal-store.js";
import type { WaveformBuilder } from "../store/waveform-builder.js";
import { kindOfType, parseDeclaration, parseTimescale } from "./declarations.js";
import { IdTable } from "./id-table.js";

interface Token {
  readonly from: number;
  readonly to: number;
}

const DECLARATIONS = [
  "date",
  "enddefinitions",
  "scope",
  "timescale",
  "timezero",
  "upscope",
  "var",
  "version",
];
/** Deeper scopes than this are an attack, not a design. */
const MAX_DEPTH = 1_000;
const MAX_NAME = 16_384;
/** Names of nested scopes, together: they are part of the full name of each variable inside. */
const MAX_PATH = 16_384;
const MAX_CODE = 1_024;
const MAX_TEXT = 1_000;

const DOLLAR = 36;
const COLON = 58;
const BRACKET = 91;
const BACKSLASH = 92;
const CLOSING_BRACKET = 93;

/** Understands the declarations of a VCD file and fills the hierarchy. */
export class HeaderReader {
  readonly ids: IdTable;
  /** The header is complete. */
  ended: boolean;
  readonly #builder: WaveformBuilder;
  readonly #open: number[] = [];
  /** Length of the names of the open scopes together, for each of them. */
  readonly #paths: number[] = [];
  readonly #decoder = new TextDecoder();
  #lastType = "";

  /** `ids` are given for a file of which another reader has read the declarations. */
  constructor(builder: WaveformBuilder, ids?: IdTable) {
    this.#builder = builder;
    this.ids = ids ?? new IdTable();
    this.ended = ids !== undefined;
  }

  /** Whether `$word` is a declaration; it also ends one whose `$end` was forgotten. */
  knows(word: string): boolean {
    return DECLARATIONS.includes(word);
  }

  /** Takes a whole declaration; a string says what is wrong with it. */
  declare(word: string, buffer: Uint8Array, tokens: readonly Token[]): string | undefined {
    switch (word) {
      case "var":
        return this.#variable(buffer, tokens);
      case "scope":
        return this.#scope(this.#texts(buffer, tokens));
      case "upscope":
        this.#open.pop();
        this.#paths.pop();
        return undefined;
      case "timescale": {
        const text = this.#joined(buffer, tokens);
        const timescale = parseTimescale(text);
        if (timescale === undefined)
          return `"${text.slice(0, 40)}" is no time scale: 1, 10 or 100 and s, ms, us, ns, ps or fs`;
        this.#builder.timescale = timescale;
        return undefined;
      }
      case "timezero": {
        // GTKWave's: what is to be added to a time for display, in ticks.
        const text = this.#joined(buffer, tokens);
        if (!/^[-+]?\d{1,19}$/.test(text))
          return `"${text.slice(0, 40)}" is no time zero: a whole number of ticks`;
        this.#builder.timeZero = BigInt.asIntN(64, BigInt(text.replace("+", "")));
        return undefined;
      }
      case "date":
        this.#builder.date = this.#joined(buffer, tokens);
        return undefined;
      case "version":
        this.#builder.version = this.#joined(buffer, tokens);
        return undefined;
      default:
        this.end();
        return undefined;
    }
  }

  /**
   * Reads `$var` the short way, from the bytes behind the keyword: type, digits, code, a plain ASCII name, at most a range
   * that stands apart, `$end`. Returns where it ends, or -1 if it is anything else, or not whole in `buffer[0..end)`.
   */
  plainVariable(buffer: Uint8Array, at: number, end: number): number {
    const typeFrom = skipSpace(buffer, at, end);
    const typeTo = skipWord(buffer, typeFrom);
    const widthFrom = skipSpace(buffer, typeTo, end);
    let width = 0;
    let widthTo = widthFrom;
    for (; widthTo - widthFrom < 8; widthTo++) {
      const digit = (buffer[widthTo] ?? 0) - 48;
      if (digit < 0 || digit > 9) break;
      width = width * 10 + digit;
    }
    if (widthTo === widthFrom || (buffer[widthTo] ?? 33) > 32 || width > MAX_WIDTH) return -1;
    const codeFrom = skipSpace(buffer, widthTo, end);
    const codeTo = skipWord(buffer, codeFrom);
    if (codeTo - codeFrom > MAX_CODE) return -1;
    const nameFrom = skipSpace(buffer, codeTo, end);
    let nameTo = nameFrom;
    for (let byte = buffer[nameTo] ?? 0; byte > 32; byte = buffer[++nameTo] ?? 0) {
      if (byte > 126 || byte === BRACKET || byte === DOLLAR || byte === BACKSLASH) return -1;
    }
    if (nameTo === nameFrom || nameTo - nameFrom > MAX_NAME) return -1;
    let last = skipSpace(buffer, nameTo, end);
    let rangeFrom = 0;
    let rangeTo = 0;
    if (buffer[last] === BRACKET) {
      rangeFrom = last;
      rangeTo = plainRange(buffer, rangeFrom);
      if (rangeTo < 0) return -1;
      last = skipSpace(buffer, rangeTo, end);
    }
    const isEnd =
      buffer[last] === DOLLAR &&
      buffer[last + 1] === 101 &&
      buffer[last + 2] === 110 &&
      buffer[last + 3] === 100;
    if (!isEnd || last + 4 >= end || (buffer[last + 4] ?? 33) > 32) return -1;
    const type = this.#typeOf(buffer, typeFrom, typeTo);
    const kind = kindOfType(type);
    const shown = kind === "bits" ? Math.max(1, width) : 1;
    const signal = this.#signal(buffer, codeFrom, codeTo, kind, shown);
    this.#builder.hierarchy.addVariableBytes(
      this.#open.at(-1) ?? NONE,
      buffer,
      [nameFrom, nameTo, rangeFrom, rangeTo],
      {
        type,
        width: shown,
        signal,
      },
    );
    return last + 4;
  }

  /** The type in `buffer[from..to)`; mostly the same as the last one. */
  #typeOf(buffer: Uint8Array, from: number, to: number): string {
    const last = this.#lastType;
    let same = last.length === to - from;
    for (let i = 0; same && i < last.length; i++) same = last.charCodeAt(i) === buffer[from + i];
    if (!same) this.#lastType = this.#text(buffer, from, Math.min(to, from + 40));
    return this.#lastType;
  }

  /** No more declarations are expected. */
  end(): void {
    this.ended = true;
    this.ids.settle();
    this.#builder.changes.begin();
  }

  #scope(tokens: readonly string[]): string | undefined {
    const [kind, ...name] = tokens;
    if (kind === undefined) return "$scope needs a kind and a name";
    if (this.#open.length >= MAX_DEPTH) return `Scopes are nested deeper than ${MAX_DEPTH}`;
    // GHDL and some generators leave the name of a block empty.
    const parent = this.#open.at(-1) ?? NONE;
    const text = name.join(" ");
    const path = (this.#paths.at(-1) ?? 0) + text.length;
    if (path > MAX_PATH) return `The names of nested scopes are longer than ${MAX_PATH} together`;
    this.#open.push(this.#builder.hierarchy.addScope(parent, text, kind.slice(0, 40)));
    this.#paths.push(path);
    return undefined;
  }

  #variable(buffer: Uint8Array, tokens: readonly Token[]): string | undefined {
    const declaration = parseDeclaration(this.#texts(buffer, tokens));
    if (typeof declaration === "string") return declaration;
    const { kind, width, type } = declaration;
    if (width > MAX_WIDTH)
      return `A vector of ${width} bits is wider than the ${MAX_WIDTH} that are readable`;
    const code = tokens[2];
    if (code === undefined) return "$var needs an identifier code";
    if (code.to - code.from > MAX_CODE) return `An identifier code is longer than ${MAX_CODE} bytes`;
    const signal = this.#signal(buffer, code.from, code.to, kind, width);
    this.#builder.hierarchy.addVariable(
      this.#open.at(-1) ?? NONE,
      declaration.name.slice(0, MAX_NAME),
      declaration.range,
      { type: type.slice(0, 40), width, signal },
    );
    return undefined;
  }

  /** The signal of a code, made when the code is new. */
  #signal(buffer: Uint8Array, from: number, to: number, kind: SignalKind, width: number): number {
    const { signals, changes } = this.#builder;
    const known = this.ids.find(buffer, from, to);
    if (known < 0) {
      const signal = signals.add(kind, width);
      this.ids.add(buffer, from, to, signal);
      return signal;
    }
    if (kind === "bits" && signals.kind(known) === "bits" && width > signals.width(known)) {
      changes.reshape(known, kind, width);
    }
    return known;
  }

  #joined(buffer: Uint8Array, tokens: readonly Token[]): string {
    return this.#texts(buffer, tokens).join(" ").slice(0, MAX_TEXT);
  }

  #texts(buffer: Uint8Array, tokens: readonly Token[]): string[] {
    return tokens.map(({ from, to }) => this.#text(buffer, from, to));
  }

  #text(buffer: Uint8Array, from: number, to: number): string {
    if (to - from < 64) {
      let text = "";
      for (let i = from; i < to; i++) {
        const byte = buffer[i] ?? 0;
        if (byte > 126) return this.#decoder.decode(buffer.subarray(from, to));
        text += String.fromCharCode(byte);
      }
      return text;
    }
    return this.#decoder.decode(buffer.subarray(from, to));
  }
}

function skipSpace(buffer: Uint8Array, from: number, end: number): number {
  let at = from;
  while (at < end && (buffer[at] ?? 0) <= 32) at++;
  return at;
}

function skipWord(buffer: Uint8Array, from: number): number {
  let at = from;
  while ((buffer[at] ?? 0) > 32) at++;
  return at;
}

/** Where the range `[7:0]` or `[3]` that starts at `from` ends, -1 if it is none or is followed by more. */
function plainRange(buffer: Uint8Array, from: number): number {
  let at = from + 1;
  let digits = 0;
  let colons = 0;
  for (; buffer[at] !== CLOSING_BRACKET; at++) {
    const byte = buffer[at] ?? 0;
    if (byte >= 48 && byte <= 57) {
      digits++;
    } else if (byte === COLON && digits > 0 && colons === 0) {
      colons = 1;
      digits = 0;
    } else {
      return -1;
    }
  }
  return digits > 0 && at - from < 40 && (buffer[at + 1] ?? 33) <= 32 ? at + 1 : -1;
}

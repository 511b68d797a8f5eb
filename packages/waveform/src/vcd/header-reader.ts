import { NONE } from "../store/hierarchy.js";
import { MAX_WIDTH } from "../store/signal-store.js";
import type { WaveformBuilder } from "../store/waveform-builder.js";
import { parseDeclaration, parseTimescale } from "./declarations.js";
import { IdTable } from "./id-table.js";

interface Token {
  readonly from: number;
  readonly to: number;
}

const DECLARATIONS = ["date", "enddefinitions", "scope", "timescale", "upscope", "var", "version"];
/** Deeper scopes than this are an attack, not a design. */
const MAX_DEPTH = 1_000;
const MAX_NAME = 16_384;
const MAX_TEXT = 1_000;

/** Understands the declarations of a VCD file and fills the hierarchy. */
export class HeaderReader {
  readonly ids = new IdTable();
  /** The header is complete. */
  ended = false;
  readonly #builder: WaveformBuilder;
  readonly #open: number[] = [];
  readonly #decoder = new TextDecoder();

  constructor(builder: WaveformBuilder) {
    this.#builder = builder;
  }

  /** Whether `$word` is a declaration. */
  knows(word: string): boolean {
    return DECLARATIONS.includes(word);
  }

  /** Whether a token ends a declaration: `$end`, or the next command where `$end` was forgotten. */
  ends(buffer: Uint8Array, from: number, to: number): boolean {
    if (to - from > 20) return false;
    const word = String.fromCharCode(...buffer.subarray(from + 1, to));
    return word === "end" || DECLARATIONS.includes(word);
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
        return undefined;
      case "timescale": {
        const text = this.#joined(buffer, tokens);
        const timescale = parseTimescale(text);
        if (timescale === undefined)
          return `"${text.slice(0, 40)}" is no time scale: 1, 10 or 100 and s, ms, us, ns, ps or fs`;
        this.#builder.timescale = timescale;
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
    this.#open.push(
      this.#builder.hierarchy.addScope(parent, name.join(" ").slice(0, MAX_NAME), kind.slice(0, 40)),
    );
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
    const signals = this.#builder.signals;
    let signal = this.ids.find(buffer, code.from, code.to);
    if (signal < 0) {
      signal = signals.add(kind, width);
      this.ids.add(buffer, code.from, code.to, signal);
    } else if (kind === "bits" && signals.kind(signal) === "bits" && width > signals.width(signal)) {
      signals.reshape(signal, kind, width);
    }
    this.#builder.hierarchy.addVariable(
      this.#open.at(-1) ?? NONE,
      declaration.name.slice(0, MAX_NAME),
      declaration.range,
      { type: type.slice(0, 40), width, signal },
    );
    return undefined;
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

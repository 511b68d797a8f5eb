import { assertNever } from "@novywave/base";
import { ReadFailure } from "../failure.js";
import type { ChangeLog } from "../store/change-log.js";
import { digitCodes } from "../store/digits.js";
import { GrowableU32 } from "../store/growable.js";
import type { WaveformBuilder } from "../store/waveform-builder.js";
import type { BasicSignals } from "./basic-signals.js";
import type { ScalarType, WellKnown } from "./types.js";

/** std_ulogic as GHDL numbers it: UX01ZWLH-. */
const STD_ULOGIC = bytesOf("ux01zwlh-");
const TWO_VALUES = bytesOf("01");

/** What is made of the values of basic signals. */
export type Look =
  | { readonly kind: "digit"; readonly wellKnown: WellKnown }
  | { readonly kind: "number"; readonly width: number }
  | { readonly kind: "long" }
  | { readonly kind: "real" }
  | { readonly kind: "vector"; readonly wellKnown: WellKnown }
  | { readonly kind: "text" };

const DIGIT = 0;
const NUMBER = 1;
const LONG = 2;
const REAL = 3;
const VECTOR = 4;
const TEXT = 5;

/** Elements of vectors that may be written anew, per byte of the file and in all: a vector costs as much as it is wide. */
const ELEMENTS_PER_BYTE = 2_048;
const FREE_ELEMENTS = 2 ** 30;

/**
 * The signals of the store that a GHW file fills. A vector and a text are put together from basic signals of their own,
 * in the order of their elements from left to right; they are written once for each time at which an element changed.
 */
export class ShownSignals {
  readonly #builder: WaveformBuilder;
  readonly #changes: ChangeLog;
  readonly #basics: BasicSignals;
  /** By what is shown: which signals, how. */
  readonly #known = new Map<string, number>();
  readonly #kinds = new GrowableU32();
  readonly #signals = new GrowableU32();
  /** Characters of the values of one element. */
  readonly #letters: (Uint8Array | undefined)[] = [];
  /** Elements of all vectors and texts, one after the other; where those of each are. */
  #pool = new Uint8Array(4_096);
  #poolLength = 0;
  readonly #from = new GrowableU32();
  /** The highest number among the basic signals of each. */
  readonly #highest = new GrowableU32();
  #isDirty = new Uint8Array(1_024);
  #dirty: number[] = [];
  #elementsLeft: number;
  readonly #long = new Uint8Array(64);

  constructor(builder: WaveformBuilder, basics: BasicSignals, fileBytes: number) {
    this.#builder = builder;
    this.#changes = builder.changes;
    this.#basics = basics;
    this.#elementsLeft = FREE_ELEMENTS + ELEMENTS_PER_BYTE * fileBytes;
  }

  /** The signal of the store for a look at basic signals; of variables that show the same there is one. */
  signal(look: Look, ids: Uint32Array): number {
    const key = keyOf(look, ids);
    const known = this.#known.get(key);
    if (known !== undefined) return this.#signals.at(known);
    const shown = this.#kinds.length;
    this.#known.set(key, shown);
    const { kind, width, code, letters } = storeLook(look, ids.length);
    const signal = this.#builder.signals.add(kind, width);
    this.#kinds.push(code);
    this.#signals.push(signal);
    this.#letters.push(letters);
    const from = this.#poolLength;
    this.#from.push(from);
    if (code === VECTOR || code === TEXT) this.#reserve(ids.length);
    this.#highest.push(ids.reduce((highest, id) => Math.max(highest, id), 0));
    if (shown >= this.#isDirty.length) {
      const isDirty = new Uint8Array(shown * 2);
      isDirty.set(this.#isDirty);
      this.#isDirty = isDirty;
    }
    for (const [i, id] of ids.entries()) this.#basics.use(id, shown, from + i);
    return signal;
  }

  #reserve(elements: number): void {
    this.#poolLength += elements;
    if (this.#poolLength <= this.#pool.length) return;
    const pool = new Uint8Array(this.#poolLength * 2);
    pool.set(this.#pool);
    this.#pool = pool;
  }

  /** A basic signal that is written as a byte or as 32 bits has a value now. */
  number(id: number, value: number): void {
    const { first, next, shown: shownBy, place } = this.#basics.uses;
    const kinds = this.#kinds.data;
    const pool = this.#pool;
    for (let use = first[id] ?? 0; use !== 0; use = next[use - 1] ?? 0) {
      const shown = shownBy[use - 1] ?? 0;
      const kind = kinds[shown];
      if (kind === VECTOR || kind === TEXT) {
        pool[place[use - 1] ?? 0] = kind === VECTOR ? (this.#letters[shown]?.[value] ?? 120) : value;
        if (this.#isDirty[shown] !== 1) {
          this.#isDirty[shown] = 1;
          this.#dirty.push(shown);
        }
        continue;
      }
      const signal = this.#signals.at(shown);
      if (kind === DIGIT) {
        this.#changes.appendDigit(signal, digitCodes[this.#letters[shown]?.[value] ?? 120] ?? 2);
      } else if (this.#builder.signals.width(signal) === 1) {
        this.#changes.appendDigit(signal, value & 1);
      } else {
        this.#changes.appendNumber(signal, value >>> 0);
      }
    }
  }

  long(id: number, value: bigint): void {
    const text = BigInt.asUintN(64, value).toString(2).padStart(64, "0");
    for (let i = 0; i < 64; i++) this.#long[i] = text.charCodeAt(i);
    for (const signal of this.#signalsOf(id)) this.#changes.appendDigits(signal, this.#long, 0, 64);
  }

  real(id: number, value: number): void {
    for (const signal of this.#signalsOf(id)) this.#changes.appendReal(signal, value);
  }

  /** The signals of the store that show a basic signal. */
  *#signalsOf(id: number): Generator<number> {
    const { first, next, shown } = this.#basics.uses;
    for (let use = first[id] ?? 0; use !== 0; use = next[use - 1] ?? 0)
      yield this.#signals.at(shown[use - 1] ?? 0);
  }

  /**
   * Writes the vectors and texts of which an element changed; before the time moves on. A file writes the changes of a
   * cycle in the order of the signals: where it breaks off after `last`, those with later elements are left as they were.
   */
  flush(last = Infinity): void {
    for (const shown of this.#dirty) {
      this.#isDirty[shown] = 0;
      if (this.#highest.at(shown) > last) continue;
      const from = this.#from.at(shown);
      const to = shown + 1 < this.#from.length ? this.#from.at(shown + 1) : this.#poolLength;
      this.#elementsLeft -= to - from;
      if (this.#elementsLeft < 0) {
        throw new ReadFailure("too-large", "Its widest vectors change too often for what the file holds");
      }
      const signal = this.#signals.at(shown);
      if (this.#kinds.at(shown) === VECTOR) this.#changes.appendDigits(signal, this.#pool, from, to);
      else this.#changes.appendString(signal, utf8(this.#pool.subarray(from, to)));
    }
    this.#dirty = [];
  }
}

/** How a variable of a scalar type looks. */
export function scalarLook(type: ScalarType): Look {
  switch (type.kind) {
    case "enum":
      return type.wellKnown === undefined
        ? { kind: "number", width: Math.max(1, 32 - Math.clz32(type.literals.length - 1)) }
        : { kind: "digit", wellKnown: type.wellKnown };
    case "integer":
      return type.bits === 32 ? { kind: "number", width: 32 } : { kind: "long" };
    case "real":
      return { kind: "real" };
    default:
      return assertNever(type);
  }
}

function storeLook(
  look: Look,
  elements: number,
): { kind: "bits" | "real" | "string"; width: number; code: number; letters: Uint8Array | undefined } {
  switch (look.kind) {
    case "digit":
      return { kind: "bits", width: 1, code: DIGIT, letters: lettersOf(look.wellKnown) };
    case "number":
      return { kind: "bits", width: look.width, code: NUMBER, letters: undefined };
    case "long":
      return { kind: "bits", width: 64, code: LONG, letters: undefined };
    case "real":
      return { kind: "real", width: 1, code: REAL, letters: undefined };
    case "vector":
      return { kind: "bits", width: elements, code: VECTOR, letters: lettersOf(look.wellKnown) };
    case "text":
      return { kind: "string", width: 1, code: TEXT, letters: undefined };
    default:
      return assertNever(look);
  }
}

function keyOf(look: Look, ids: Uint32Array): string {
  const first = ids[0] ?? 0;
  const isRun = ids.every((id, i) => id === first + i);
  const what = look.kind === "number" ? `number${look.width}` : look.kind;
  return `${what} ${isRun ? `${first}+${ids.length}` : ids.join(" ")}`;
}

function lettersOf(wellKnown: WellKnown): Uint8Array {
  return wellKnown === "std_ulogic" ? STD_ULOGIC : TWO_VALUES;
}

function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** Characters of VHDL (ISO 8859-1) as UTF-8. */
function utf8(characters: Uint8Array): Uint8Array {
  if (!characters.some((character) => character >= 128)) return characters;
  return new TextEncoder().encode(Array.from(characters, (code) => String.fromCharCode(code)).join(""));
}

import { digitsOf, packedValue } from "../format/packed-value.js";
import { formatNamed } from "../format/format-named.js";
import type { ValueMeaning } from "../format/value-meaning.js";
import { NO_TIME, RecordCursor } from "../store/record-cursor.js";
import type { WaveformBuilder } from "../store/waveform-builder.js";

/** One side of a comparison: a signal, and the length of a tick in the unit that both sides are compared in. */
export interface Side {
  readonly builder: WaveformBuilder;
  readonly signal: number;
  readonly tick: bigint;
  /** Ticks that are added to times. */
  readonly zero: bigint;
  readonly meaning: ValueMeaning | undefined;
}

export interface SignalDifference {
  /** In the common unit. */
  readonly time: bigint;
  readonly a: string | undefined;
  readonly b: string | undefined;
}

/**
 * The first time, up to and with `end`, at which two signals differ. Before its first value a signal of bits is x
 * throughout. Values of an enumeration equal text of the same name; reals are equal that agree in 16 digits.
 */
export function firstDifference(a: Side, b: Side, end: bigint): SignalDifference | undefined {
  const left = new SideCursor(a);
  const right = new SideCursor(b);
  for (;;) {
    const time = earlier(left.next, right.next);
    if (time === undefined || time > end) return undefined;
    left.moveTo(time);
    right.moveTo(time);
    if (!isEqual(left, right)) return { time, a: left.text(), b: right.text() };
  }
}

function earlier(a: bigint | undefined, b: bigint | undefined): bigint | undefined {
  return a === undefined ? b : b === undefined || a <= b ? a : b;
}

class SideCursor {
  readonly kind: "bits" | "real" | "string" | "event";
  readonly width: number;
  /** Time of the next change in the common unit. */
  next: bigint | undefined;
  /** Of an event: it fires at the time that was moved to. */
  fires = false;
  readonly #side: Side;
  readonly #cursor: RecordCursor;

  constructor(side: Side) {
    const { builder, signal } = side;
    this.#side = side;
    this.kind = builder.signals.kind(signal);
    this.width = builder.signals.width(signal);
    this.#cursor = new RecordCursor(builder.signals, signal);
    this.next = this.#nextTime();
  }

  moveTo(time: bigint): void {
    this.fires = this.next === time;
    if (!this.fires) return;
    this.#cursor.take();
    this.next = this.#nextTime();
  }

  /** The value as it is compared; `undefined` before the first. */
  text(): string | undefined {
    if (this.kind === "event") return this.fires ? "event" : undefined;
    if (this.#cursor.address === 0) return this.kind === "bits" ? "x".repeat(this.width) : undefined;
    const { form, bytes } = this.#cursor.value();
    const value = packedValue(this.kind, this.width, form, bytes);
    switch (value.kind) {
      case "bits":
        return digitsOf(value);
      case "real":
        return String(value.value);
      case "string":
        return value.text;
      default:
        return "event";
    }
  }

  /** The name of a value of an enumeration, else the value. */
  named(): string | undefined {
    const text = this.text();
    const { meaning } = this.#side;
    return text !== undefined && meaning?.kind === "names" ? (formatNamed(text, meaning) ?? text) : text;
  }

  #nextTime(): bigint | undefined {
    const index = this.#cursor.peek();
    if (index === NO_TIME) return undefined;
    return (this.#side.builder.times.at(index) + this.#side.zero) * this.#side.tick;
  }
}

/** VCD has 16 digits of a real, one too few to tell all numbers apart. */
function isSameReal(a: string | undefined, b: string | undefined): boolean {
  return (
    a === b || (a !== undefined && b !== undefined && Number(a).toPrecision(16) === Number(b).toPrecision(16))
  );
}

function isEqual(a: SideCursor, b: SideCursor): boolean {
  if (a.kind === "real" && b.kind === "real") return isSameReal(a.text(), b.text());
  if (a.kind === b.kind) return a.text() === b.text();
  return a.named() === b.named();
}

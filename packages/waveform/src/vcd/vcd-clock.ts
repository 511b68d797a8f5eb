import type { WaveformBuilder } from "../store/waveform-builder.js";

const TWO_32 = 2 ** 32;
const MAX_TIME = 2n ** 64n - 1n;

/** The current time as a clock knows it. `stamped`: a time stamp was read. */
export interface ClockState {
  readonly high: number;
  readonly low: number;
  readonly stamped: boolean;
}

/** Turns time stamps into ascending times of the builder; times that run backwards stay where they were. */
export class VcdClock {
  /** The current time is not in the time table yet: {@link apply} before a change is appended. */
  pending = true;
  readonly #builder: WaveformBuilder;
  #high = 0;
  #low = 0;
  #stamped = false;

  constructor(builder: WaveformBuilder) {
    this.#builder = builder;
  }

  /** The current time, in ticks. */
  get time(): bigint {
    return (BigInt(this.#high) << 32n) | BigInt(this.#low);
  }

  get state(): ClockState {
    return { high: this.#high, low: this.#low, stamped: this.#stamped };
  }

  /** Goes on from another time, of which all that comes before is in the builder. */
  moveTo({ high, low, stamped }: ClockState): void {
    this.#high = high;
    this.#low = low;
    this.#stamped = stamped;
    const { times, changes } = this.#builder;
    const last = times.length - 1;
    this.pending = !times.is(last, high, low);
    if (!this.pending) changes.setTime(last);
  }

  /** Reads the stamp in `text[from..to)`; a string says what is wrong with it. */
  stamp(text: Uint8Array, from: number, to: number, byte: number): string | undefined {
    let value = 0;
    let i = from;
    for (; i < to; i++) {
      const digit = (text[i] ?? 0) - 48;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
    }
    if (i === from) return this.#negative(text, from, to, byte);
    let exact: bigint | undefined;
    if (i - from > 15) {
      exact = BigInt(String.fromCharCode(...text.subarray(from, Math.min(i, from + 400))));
      if (exact > MAX_TIME) return "Times above 2^64 - 1 are not readable";
    }
    if (i < to) {
      if (text[i] !== 46) return "This is no time: a whole number of ticks is expected after #";
      for (let k = i + 1; k < to; k++) {
        const digit = (text[k] ?? 0) - 48;
        if (digit < 0 || digit > 9) return "This is no time: a whole number of ticks is expected after #";
      }
      this.#builder.warn({
        code: "fractional-time",
        byte,
        time: exact ?? BigInt(value),
        message: "Times between two ticks are moved to the earlier one",
      });
    }
    if (exact === undefined) this.#set(Math.floor(value / TWO_32), value >>> 0, byte);
    else this.#set(Number(exact >> 32n), Number(exact & 0xffffffffn), byte);
    return undefined;
  }

  /** Enters the current time into the time table. */
  apply(): void {
    this.pending = false;
    this.#stamped = true;
    this.#builder.changes.setTime(this.#builder.times.push(this.#high, this.#low));
  }

  finish(): void {
    this.#builder.end = this.time;
    this.#builder.changes.finish();
  }

  #set(high: number, low: number, byte: number): void {
    if (!this.#stamped) {
      this.#stamped = true;
      this.#builder.start = (BigInt(high) << 32n) | BigInt(low);
    } else if (high < this.#high || (high === this.#high && low < this.#low)) {
      this.#backwards(byte);
      return;
    } else if (high === this.#high && low === this.#low) {
      return;
    }
    this.#high = high;
    this.#low = low;
    this.pending = true;
  }

  #negative(text: Uint8Array, from: number, to: number, byte: number): string | undefined {
    const rest = String.fromCharCode(...text.subarray(from, Math.min(to, from + 40)));
    if (!/^-\d+(\.\d*)?$/.test(rest)) return "This is no time: a whole number of ticks is expected after #";
    this.#backwards(byte);
    return undefined;
  }

  #backwards(byte: number): void {
    this.#builder.warn({
      code: "time-backwards",
      byte,
      time: this.time,
      message: `Time runs backwards here; these changes are shown at tick ${this.time}`,
    });
  }
}

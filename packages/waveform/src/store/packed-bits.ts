import { digitCodes, FORM_FOUR, FORM_NINE, FORM_TWO, NO_DIGIT } from "./digits.js";

/**
 * Packs digits into their one canonical form, so that equal values have equal bytes. The least significant digit comes
 * first; leading digits that repeat are left out: past the stored bytes the top stored digit repeats if it is neither
 * 0 nor 1, else 0 does.
 */
export class BitPacker {
  form: number = FORM_TWO;
  length = 0;
  bytes: Uint8Array<ArrayBuffer> = new Uint8Array(64);

  /** Packs a two-state number below 2^32, of which `width` digits count. */
  packNumber(value: number, width: number): void {
    const v = width < 32 ? value & ((1 << width) - 1) : value;
    const bytes = this.bytes;
    this.form = FORM_TWO;
    bytes[0] = v;
    bytes[1] = v >>> 8;
    bytes[2] = v >>> 16;
    bytes[3] = v >>> 24;
    this.length = v >>> 0 > 0xffffff ? 4 : v > 0xffff ? 3 : v > 0xff ? 2 : v > 0 ? 1 : 0;
  }

  /**
   * Packs the digits in `text[from..to)`, most significant first. Fewer digits than `width` extend to the left (IEEE
   * 1364-2005, 18.2.1: x and z repeat, else 0); of more digits the last `width` count. False if one is no digit.
   */
  packText(text: Uint8Array, from: number, to: number, width: number): boolean {
    const start = to - from > width ? to - width : from;
    let highest = 0;
    for (let i = from; i < to; i++) {
      const code = digitCodes[text[i] ?? 0] ?? NO_DIGIT;
      if (code === NO_DIGIT) return false;
      if (i >= start && code > highest) highest = code;
    }
    this.form = highest > 3 ? FORM_NINE : highest > 1 ? FORM_FOUR : FORM_TWO;
    this.#pack(text, start, to, width);
    return true;
  }

  /** The last digit of what was packed, as a code. */
  digit(): number {
    const byte = this.length === 0 ? 0 : (this.bytes[0] ?? 0);
    return byte & (this.form === FORM_TWO ? 1 : this.form === FORM_FOUR ? 3 : 15);
  }

  #pack(text: Uint8Array, start: number, to: number, width: number): void {
    const count = to - start;
    const leading = count > 0 ? (digitCodes[text[start] ?? 0] ?? 0) : 0;
    const extension = leading === 2 || leading === 3 ? leading : 0;
    const top = count < width ? extension : leading;
    const fill = top >= 2 ? top : 0;
    let kept = count;
    while (kept > 0 && (digitCodes[text[to - kept] ?? 0] ?? 0) === fill) kept--;

    const perByte = this.form === FORM_TWO ? 8 : this.form === FORM_FOUR ? 4 : 2;
    const bits = 8 / perByte;
    let length = Math.ceil(kept / perByte);
    if (length * perByte < width && this.form !== FORM_TWO && kept === length * perByte) {
      // The top stored digit would say how to go on, so one more byte must say it.
      const topStored = kept > 0 ? (digitCodes[text[to - kept] ?? 0] ?? 0) : 0;
      if ((topStored >= 2 ? topStored : 0) !== fill) length++;
    }
    if (this.bytes.length < length + 8) this.bytes = new Uint8Array(length * 2 + 8);
    const padding = kept === width ? 0 : fill;
    let digit = 0;
    for (let i = 0; i < length; i++) {
      let byte = 0;
      for (let shift = 0; shift < 8; shift += bits, digit++) {
        const code = digit < kept ? (digitCodes[text[to - 1 - digit] ?? 0] ?? 0) : padding;
        byte |= code << shift;
      }
      this.bytes[i] = byte;
    }
    this.length = length;
  }
}

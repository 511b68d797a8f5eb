import { PAGE_MASK } from "../store/arena.js";
import { FORM_BLOB, FORM_TWO } from "../store/digits.js";
import { readValue } from "../store/record-cursor.js";
import { LAYOUT_BYTE, LAYOUT_REAL, type SignalStore } from "../store/signal-store.js";
import { QueryError } from "./query-error.js";

/** Bytes of the largest answer. */
export const MAX_ANSWER = 512 << 20;

/** Throws a `QueryError` for an answer that is too large, as rows of very wide values make it. */
export function checkAnswerSize(bytes: number): void {
  if (bytes > MAX_ANSWER) {
    throw new QueryError(`the answer is larger than ${MAX_ANSWER} bytes: ask for fewer rows or columns`);
  }
}

/** The values of one row of an answer, numbered from 1 in the order in which they are first shown. */
export class ValueTable {
  forms = new Uint8Array(64);
  offsets = new Uint32Array(65);
  bytes = new Uint8Array(512);
  length = 0;

  /** Appends the value in `length` bytes of `source` from `at` on, and returns its number. */
  add(form: number, source: Uint8Array, at: number, length: number): number {
    const from = this.offsets[this.length] ?? 0;
    if (this.length === this.forms.length) {
      const forms = new Uint8Array(this.length * 2);
      forms.set(this.forms);
      this.forms = forms;
      const offsets = new Uint32Array(this.length * 2 + 1);
      offsets.set(this.offsets);
      this.offsets = offsets;
    }
    if (from + length > this.bytes.length) {
      checkAnswerSize(from + length);
      const larger = new Uint8Array((from + length) * 2);
      larger.set(this.bytes);
      this.bytes = larger;
    }
    const { bytes } = this;
    if (length < 32) for (let i = 0; i < length; i++) bytes[from + i] = source[at + i] ?? 0;
    else bytes.set(source.subarray(at, at + length), from);
    this.forms[this.length++] = form;
    this.offsets[this.length] = from + length;
    return this.length;
  }

  /** Appends a digit by its code. */
  addDigit(code: number): number {
    return this.add(code < 2 ? 0 : code < 4 ? 1 : 2, Uint8Array.of(code), 0, 1);
  }

  /** Appends the value of a record from its form and the address of its payload; not for digits. */
  addRecord(store: SignalStore, layout: number, form: number, payload: number): number {
    const page = store.arena.page(payload);
    const at = payload & PAGE_MASK;
    if (form === FORM_BLOB) {
      const blob = readValue(store, layout, form, payload);
      return this.add(blob.form, blob.bytes, 0, blob.bytes.length);
    }
    if (layout === LAYOUT_REAL) return this.add(form, page, at, 8);
    if (layout === LAYOUT_BYTE && form === FORM_TWO) return this.add(form, page, at, 1);
    const first = page[at] ?? 0;
    if (first < 128) return this.add(form, page, at + 1, first);
    const value = readValue(store, layout, form, payload);
    return this.add(form, value.bytes, 0, value.bytes.length);
  }

  /** Empties the table for the next row. */
  clear(): void {
    this.length = 0;
  }

  get byteLength(): number {
    return this.offsets[this.length] ?? 0;
  }
}

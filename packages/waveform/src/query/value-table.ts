import type { StoredValue } from "../store/record-cursor.js";

/** The values of one row of an answer, numbered from 1 in the order in which they are first shown. */
export class ValueTable {
  forms = new Uint8Array(64);
  offsets = new Uint32Array(65);
  bytes = new Uint8Array(512);
  length = 0;

  /** Appends a value and returns its number. */
  add(value: StoredValue): number {
    const { form, bytes } = value;
    const from = this.offsets[this.length] ?? 0;
    if (this.length === this.forms.length) {
      const forms = new Uint8Array(this.length * 2);
      forms.set(this.forms);
      this.forms = forms;
      const offsets = new Uint32Array(this.length * 2 + 1);
      offsets.set(this.offsets);
      this.offsets = offsets;
    }
    if (from + bytes.length > this.bytes.length) {
      const larger = new Uint8Array((from + bytes.length) * 2);
      larger.set(this.bytes);
      this.bytes = larger;
    }
    if (bytes.length < 16) for (let i = 0; i < bytes.length; i++) this.bytes[from + i] = bytes[i] ?? 0;
    else this.bytes.set(bytes, from);
    this.forms[this.length++] = form;
    this.offsets[this.length] = from + bytes.length;
    return this.length;
  }

  /** Empties the table for the next row. */
  clear(): void {
    this.length = 0;
  }

  get byteLength(): number {
    return this.offsets[this.length] ?? 0;
  }
}

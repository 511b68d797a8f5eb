/** Unsigned 32-bit numbers in an array that grows. */
export class GrowableU32 {
  #data = new Uint32Array(256);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** The numbers themselves, for loops that look at many of them; not after the next {@link push}. */
  get data(): Uint32Array {
    return this.#data;
  }

  push(value: number): void {
    if (this.#length === this.#data.length) {
      const data = new Uint32Array(this.#data.length * 2);
      data.set(this.#data);
      this.#data = data;
    }
    this.#data[this.#length++] = value;
  }

  /** The number at `index`; outside of the array a RangeError. */
  at(index: number): number {
    const value = index < this.#length ? this.#data[index] : undefined;
    if (value === undefined) throw new RangeError(`index ${index} is outside of 0..${this.#length}`);
    return value;
  }
}

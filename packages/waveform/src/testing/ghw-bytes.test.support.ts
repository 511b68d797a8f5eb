/** Writes the sections of a GHW file, for tests: the layout that GHDL writes, in either order of bytes. */
export class GhwBytes {
  readonly #bytes: number[] = [];
  readonly #littleEndian: boolean;

  constructor(littleEndian = true) {
    this.#littleEndian = littleEndian;
  }

  get result(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }

  byte(...bytes: number[]): this {
    for (const byte of bytes) this.#bytes.push(byte);
    return this;
  }

  text(text: string): this {
    return this.byte(...Array.from(text, (character) => character.charCodeAt(0)));
  }

  int32(value: number): this {
    const view = new DataView(new ArrayBuffer(4));
    view.setInt32(0, value, this.#littleEndian);
    return this.byte(...new Uint8Array(view.buffer));
  }

  int64(value: bigint): this {
    const view = new DataView(new ArrayBuffer(8));
    view.setBigInt64(0, value, this.#littleEndian);
    return this.byte(...new Uint8Array(view.buffer));
  }

  float64(value: number): this {
    const view = new DataView(new ArrayBuffer(8));
    view.setFloat64(0, value, this.#littleEndian);
    return this.byte(...new Uint8Array(view.buffer));
  }

  uleb(value: number): this {
    let rest = value;
    for (; rest > 127; rest = Math.floor(rest / 128)) this.byte((rest % 128) + 128);
    return this.byte(rest);
  }

  sleb(value: bigint | number): this {
    let rest = BigInt(value);
    for (;;) {
      const part = Number(rest & 127n);
      rest >>= 7n;
      if ((rest === 0n && part < 64) || (rest === -1n && part >= 64)) return this.byte(part);
      this.byte(part + 128);
    }
  }

  header(version = 1): this {
    return this.text("GHDLwave\n").byte(16, 0, version, this.#littleEndian ? 1 : 2, 4, 1, 0);
  }

  /** Strings that share nothing; the first has number 1. */
  strings(strings: readonly string[]): this {
    this.text("STR\0").int32(0).int32(strings.length).int32(strings.join("").length);
    for (const string of strings) this.text(string).byte(0);
    return this.text("EOS\0");
  }

  section(name: string): this {
    return this.text(`${name}\0`).int32(0);
  }
}

import type { FullNames } from "./names.js";

/** Finds variables by their full names, or by what is left of them without their ranges. */
export class NameIndex {
  readonly #names: FullNames;
  readonly #withRange: boolean;
  /** Open addressing over the hash of the name: variable + 1, 0 for a free slot. */
  readonly #slots: Uint32Array;
  readonly #hashes: Uint32Array;
  /** Slots whose name several variables have. */
  readonly #shared = new Set<number>();

  constructor(names: FullNames, variables: number, withRange: boolean) {
    this.#names = names;
    this.#withRange = withRange;
    let size = 16;
    while (size < variables * 2) size *= 2;
    this.#slots = new Uint32Array(size);
    this.#hashes = new Uint32Array(size);
    for (let id = 0; id < variables; id++) {
      const hash = names.hashOfVariable(id, withRange);
      const slot = this.#slot(() => names.variable(id, withRange), hash);
      if (this.#slots[slot] !== 0) {
        if (!withRange) this.#shared.add(slot);
        continue;
      }
      this.#slots[slot] = id + 1;
      this.#hashes[slot] = hash;
    }
  }

  /** The first variable of a name; -1 if there is none. */
  first(name: string): number {
    return (this.#slots[this.#slot(name, this.#names.hashOfName(name))] ?? 0) - 1;
  }

  /** The variable of a name; -1 if there is none or several. */
  only(name: string): number {
    const slot = this.#slot(name, this.#names.hashOfName(name));
    return this.#shared.has(slot) ? -1 : (this.#slots[slot] ?? 0) - 1;
  }

  /** The slot of a name, or the free one where it would stand. */
  #slot(name: string | (() => string), hash: number): number {
    const mask = this.#slots.length - 1;
    for (let slot = (hash ^ (hash >>> 15)) & mask; ; slot = (slot + 1) & mask) {
      const entry = this.#slots[slot] ?? 0;
      if (entry === 0) return slot;
      if (this.#hashes[slot] !== hash) continue;
      const own = this.#names.variable(entry - 1, this.#withRange);
      if (own === (typeof name === "string" ? name : name())) return slot;
    }
  }
}

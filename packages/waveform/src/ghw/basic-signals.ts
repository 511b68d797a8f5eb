import { GrowableU32 } from "../store/growable.js";
import type { GhwInput } from "./ghw-input.js";

/** How the values of a basic signal are written in the file. */
export const WRITTEN_NOT = 0;
export const WRITTEN_BYTE = 1;
export const WRITTEN_INT32 = 2;
export const WRITTEN_INT64 = 3;
export const WRITTEN_REAL = 4;

/** Of a basic signal: how it is written, for bytes below which number they are. */
export interface Writing {
  readonly how: number;
  readonly limit: number;
}

/** Index of the first use + 1 of each signal; per use the next one of the same signal + 1, what shows it, and where. */
export interface Uses {
  readonly first: Uint32Array;
  readonly next: Uint32Array;
  readonly shown: Uint32Array;
  readonly place: Uint32Array;
}

/**
 * The basic signals of a file, numbered from 1: what values are written of. Several variables may show one, each as a
 * part of its own: `place` is where its element stands among those of all vectors and texts.
 */
export class BasicSignals {
  /** Numbers of the declared ones, ascending, once {@link settle} was called. Values are counted along these. */
  declared: Uint32Array = new Uint32Array(0);
  #how = new Uint8Array(1_024);
  #limit = new Uint16Array(1_024);
  /** Index of the first use + 1 of each signal. */
  #first = new Uint32Array(1_024);
  readonly #shown = new GrowableU32();
  readonly #place = new GrowableU32();
  /** Index of the next use + 1. */
  readonly #next = new GrowableU32();
  #highest = 0;

  /** Checks a number that a declaration names. Numbers are given in the order of declarations, each costs a byte. */
  check(input: GhwInput, id: number): void {
    if (id === 0 || id > input.position) input.fail("There is no signal of this number");
  }

  /** Declares how a signal is written. False if it was declared otherwise before. */
  declare(id: number, writing: Writing): boolean {
    if (id >= this.#how.length) this.#grow(id);
    this.#highest = Math.max(this.#highest, id);
    const known = this.#how[id] ?? 0;
    if (known !== WRITTEN_NOT) return known === writing.how && this.#limit[id] === writing.limit;
    this.#how[id] = writing.how;
    this.#limit[id] = writing.limit;
    return true;
  }

  /** Lets `shown` show a signal as its element `place`. */
  use(id: number, shown: number, place: number): void {
    this.#next.push(this.#first[id] ?? 0);
    this.#place.push(place);
    this.#shown.push(shown);
    this.#first[id] = this.#shown.length;
  }

  /** The chain of uses of each signal, as plain arrays: what reading values spends its time in. Only after {@link settle}. */
  uses: Uses = {
    first: new Uint32Array(0),
    next: new Uint32Array(0),
    shown: new Uint32Array(0),
    place: new Uint32Array(0),
  };

  /** All signals are declared. */
  settle(): void {
    this.uses = {
      first: this.#first,
      next: this.#next.data,
      shown: this.#shown.data,
      place: this.#place.data,
    };
    let count = 0;
    for (let id = 1; id <= this.#highest; id++) if (this.#how[id] !== WRITTEN_NOT) count++;
    this.declared = new Uint32Array(count);
    for (let id = 1, at = 0; id <= this.#highest; id++)
      if (this.#how[id] !== WRITTEN_NOT) this.declared[at++] = id;
  }

  how(id: number): number {
    return this.#how[id] ?? 0;
  }

  /** Bytes of a signal are below this. */
  limit(id: number): number {
    return this.#limit[id] ?? 0;
  }

  #grow(id: number): void {
    const size = Math.max(id + 1, this.#how.length * 2);
    const how = new Uint8Array(size);
    how.set(this.#how);
    this.#how = how;
    const limit = new Uint16Array(size);
    limit.set(this.#limit);
    this.#limit = limit;
    const first = new Uint32Array(size);
    first.set(this.#first);
    this.#first = first;
  }
}

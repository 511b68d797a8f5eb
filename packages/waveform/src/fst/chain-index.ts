import type { RandomSource } from "../source/random-source.js";
import { ByteReader } from "./byte-reader.js";
import type { ChangeBlock } from "./change-block.js";

const WHAT = "An index of the FST file";
/** Numbers of an index between two places from which it can be read on. */
const CHECKPOINT_EVERY = 1_024;
/** An alias of an alias is unusual, a long row of them an attack. */
const MAX_ALIASES = 16;

/** Where the changes of some signals lie in a block: place and length of the chain of each, length 0 for none. */
export interface Chains {
  readonly at: Float64Array;
  readonly length: Float64Array;
}

/**
 * The index of a block: where the chain of changes of each signal lies. It is a row of numbers, one for each signal or run
 * of signals without changes, and can only be read in order; places to start from are remembered when it is first gone
 * through, so that a few signals among hundreds of thousands are found without decoding all.
 */
export class ChainIndex {
  readonly #source: RandomSource;
  readonly #block: ChangeBlock;
  readonly #checkpoints: Checkpoint[] = [];
  #whole = false;

  constructor(source: RandomSource, block: ChangeBlock) {
    this.#source = source;
    this.#block = block;
  }

  /** Finds the chains of signals, which must be ascending. */
  find(signals: Uint32Array): Chains {
    const chains = { at: new Float64Array(signals.length), length: new Float64Array(signals.length) };
    let wanted = signals;
    let places = identity(signals.length);
    for (let round = 0; wanted.length > 0; round++) {
      const aliases = this.#scan(wanted, places, chains);
      if (aliases.length === 0) break;
      if (round === MAX_ALIASES) this.#fail("aliases refer to aliases without end");
      // The chains of the signals that these are aliases of: those that are asked for anyway are there already.
      aliases.sort((a, b) => a.target - b.target);
      wanted = Uint32Array.from(aliases, ({ target }) => target);
      places = Uint32Array.from(aliases, ({ place }) => place);
    }
    return chains;
  }

  /** One pass over the index for ascending signals; fills `chains` at their places and returns what are aliases. */
  #scan(wanted: Uint32Array, places: Uint32Array, chains: Chains): { target: number; place: number }[] {
    const block = this.#block;
    const aliases: { target: number; place: number }[] = [];
    const start = this.#startFor(wanted[0] ?? 0);
    const reader = new ByteReader(
      this.#source.bytesAt(block.indexAt + start.at, block.indexLength - start.at),
      block.indexAt + start.at,
      WHAT,
    );
    const end = block.indexAt - block.chainsAt;
    let { handle, offset, alias } = start;
    let next = 0;
    // Wanted signals whose chain starts at `offset`; it ends where the next one starts.
    let openFrom = 0;
    let open = 0;
    const close = (until: number): void => {
      for (; open > 0; open--) {
        const place = places[openFrom + open - 1] ?? 0;
        chains.at[place] = block.chainsAt + offset;
        chains.length[place] = until - offset;
      }
    };
    for (let steps = 0; reader.left > 0; steps++) {
      if (next === wanted.length && open === 0 && this.#whole) return aliases;
      if (!this.#whole && steps % CHECKPOINT_EVERY === 0) {
        this.#checkpoints.push({ at: start.at + reader.at, handle, offset, alias });
      }
      const odd = ((reader.bytes[reader.at] ?? 0) & 1) === 1;
      const number = odd && block.signedIndex ? reader.signedVarint() : reader.varint();
      if (!odd && (number > 0 || block.signedIndex)) {
        // A run of signals without changes.
        handle += number / 2;
        if (handle > MAX_HANDLE) reader.fail("it has too many signals");
        while ((wanted[next] ?? Number.POSITIVE_INFINITY) < handle) next++;
        continue;
      }
      const value = Math.floor(number / 2);
      if (value > 0) {
        close(offset + value);
        offset += value;
        if (offset >= end) reader.fail("a chain lies outside of its block");
        openFrom = next;
        for (; wanted[next] === handle; next++) open++;
      } else {
        // An alias: of the signal that is named here, or the same as the last alias.
        if (!block.signedIndex) alias = reader.varint();
        else if (value < 0) alias = -value;
        if (alias > handle) reader.fail(`signal ${handle + 1} is an alias of ${alias}, which comes later`);
        for (; wanted[next] === handle; next++) {
          if (alias > 0) aliases.push({ target: alias - 1, place: places[next] ?? 0 });
        }
      }
      handle++;
    }
    close(end);
    this.#whole = true;
    return aliases;
  }

  /** Where to start for a signal, and all after it. */
  #startFor(signal: number): Checkpoint {
    const none = { at: 0, handle: 0, offset: 0, alias: 0 };
    if (!this.#whole) {
      this.#checkpoints.length = 0;
      return none;
    }
    let low = 0;
    let high = this.#checkpoints.length;
    while (low + 1 < high) {
      const middle = (low + high) >>> 1;
      if ((this.#checkpoints[middle]?.handle ?? 0) <= signal) low = middle;
      else high = middle;
    }
    return this.#checkpoints[low] ?? none;
  }

  #fail(why: string): never {
    return new ByteReader(new Uint8Array(0), this.#block.indexAt, WHAT).fail(why);
  }
}

/** No signal has a higher number. */
const MAX_HANDLE = 2 ** 32 - 1;

/** What must be known to read an index on from a place: the signal, the chain before it, the alias used last. */
interface Checkpoint {
  readonly at: number;
  readonly handle: number;
  readonly offset: number;
  readonly alias: number;
}

function identity(length: number): Uint32Array {
  return Uint32Array.from({ length }, (_, i) => i);
}

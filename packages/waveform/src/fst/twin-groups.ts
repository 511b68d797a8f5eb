import type { FstFile } from "./fst-file.js";

/**
 * Signals that share the chain of changes in every block, as inputs that follow one clock do: writers of FST keep equal
 * chains once. What is counted over all signals need look at one of each group only.
 */
export class TwinGroups {
  /** The first signal of each group, ascending. */
  readonly firsts: Uint32Array;
  /** How many signals each group has. */
  readonly sizes: Uint32Array;

  constructor(file: FstFile) {
    const count = file.signals;
    const signals = Uint32Array.from({ length: count }, (_, signal) => signal);
    // A hash of the places of all chains of a signal, from a seed that nobody knows.
    const low = new Uint32Array(count).fill(Math.random() * 2 ** 32);
    const high = new Uint32Array(count).fill(Math.random() * 2 ** 32);
    for (const { index } of file.blocks) {
      const { at, length } = index.find(signals);
      for (let i = 0; i < count; i++) {
        if (length[i] === 0) continue;
        const place = at[i] ?? 0;
        low[i] = mix((low[i] ?? 0) ^ place, high[i] ?? 0);
        high[i] = mix((high[i] ?? 0) ^ Math.floor(place / 2 ** 32), low[i] ?? 0);
      }
    }
    const frame = file.frame();
    const groups = new Map<string, number>();
    const firsts: number[] = [];
    const sizes: number[] = [];
    for (let signal = 0; signal < count; signal++) {
      const { length, port } = file.shape(signal);
      // Signals that start with values of their own count by themselves.
      const own = frame === undefined ? "" : signal;
      const key = `${low[signal]} ${high[signal]} ${length} ${port} ${own}`;
      const group = groups.get(key);
      if (group === undefined) {
        groups.set(key, firsts.push(signal) - 1);
        sizes.push(1);
      } else {
        sizes[group] = (sizes[group] ?? 0) + 1;
      }
    }
    this.firsts = Uint32Array.from(firsts);
    this.sizes = Uint32Array.from(sizes);
  }
}

function mix(value: number, state: number): number {
  const mixed = Math.imul(value ^ (value >>> 16), 0x45d9f3b) + state;
  return (mixed ^ (mixed >>> 13)) >>> 0;
}

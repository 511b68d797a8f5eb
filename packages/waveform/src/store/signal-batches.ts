import type { WaveformBuilder } from "./waveform-builder.js";

/** Bytes of changes that are in memory at a time, if nothing else is said. */
const DEFAULT_LIMIT = 256 << 20;
/** Signals that are loaded first: how much they take tells how many can follow. */
const FIRST = 16;
const GROWTH = 8;
/** So much of the limit may stay unused: it is not worth another look into the file. */
const SPARE = 1 / 4;

/**
 * Brings signals into memory a batch at a time, for who wants to see all of them, once. Each batch takes about as much
 * memory as it may, and is loaded until the next one is asked for. Where all signals are in memory there is one batch.
 */
export async function* signalBatches(
  { signals: store, loader }: WaveformBuilder,
  signals: Uint32Array,
  limit = DEFAULT_LIMIT,
): AsyncGenerator<Uint32Array, void, undefined> {
  if (loader === undefined) {
    yield signals;
    return;
  }
  let from = 0;
  let size = FIRST;
  do {
    loader.release();
    const before = store.changeBytes;
    let to = from;
    let room = limit;
    do {
      to = Math.min(signals.length, to + size);
      await loader.load(Array.from(signals.subarray(from, to)));
      const taken = store.changeBytes - before;
      room = limit - taken;
      size = sizeFor(room, taken / Math.max(1, to - from), size);
    } while (to < signals.length && room > limit * SPARE);
    yield signals.subarray(from, to);
    size = sizeFor(limit, (store.changeBytes - before) / Math.max(1, to - from), to - from);
    from = to;
  } while (from < signals.length);
  loader.release();
}

/** How many signals fit into so much room, if they are like those before; what is much more than before is not believed. */
function sizeFor(room: number, each: number, before: number): number {
  return Math.max(1, Math.floor(Math.min(before * GROWTH, room / Math.max(1, each))));
}

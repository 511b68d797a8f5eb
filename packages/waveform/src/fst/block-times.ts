import type { RandomSource } from "../source/random-source.js";
import type { TimeTable } from "../store/time-table.js";
import { ByteReader } from "./byte-reader.js";
import { unpackPart, type ChangeBlock } from "./change-block.js";

const TWO_32 = 2 ** 32;
const WHAT = "A time table of the FST file";

/** How the times of a block are numbered in the table of the whole file. */
export interface BlockTimes {
  /** Index of the first. */
  readonly first: number;
  readonly count: number;
  /** Index of each, if they do not simply follow each other; times that run backwards stay where they were. */
  readonly indices: Uint32Array | undefined;
  /** Times ran backwards. */
  readonly backwards: boolean;
}

/** Reads the time table of a block and appends what is new to that of the file. */
export function readBlockTimes(source: RandomSource, block: ChangeBlock, times: TimeTable): BlockTimes {
  const bytes = unpackPart(source, block.times, WHAT);
  const reader = new ByteReader(bytes, block.times.at, WHAT, true);
  const count = block.timeCount;
  let indices: Uint32Array | undefined;
  let backwards = false;
  let high = 0;
  let low = 0;
  let first = 0;
  let [lastHigh, lastLow] = lastOf(times);
  for (let i = 0; i < count; i++) {
    // Most differences fit a byte or a few.
    const at = reader.at;
    const byte = reader.u8();
    if (byte < 128) {
      low += byte;
    } else {
      reader.at = at;
      const delta = reader.varint64();
      low += Number(delta & 0xffffffffn);
      high += Number(delta >> 32n);
    }
    if (low >= TWO_32) {
      low -= TWO_32;
      high++;
    }
    if (high >= TWO_32) reader.fail("a time is above 2^64 - 1");
    const later = high > lastHigh || (high === lastHigh && low > lastLow);
    let index = times.length - 1;
    if (later || index < 0) {
      index = times.push(high, low);
      lastHigh = high;
      lastLow = low;
    } else if (high !== lastHigh || low !== lastLow) {
      backwards = true;
    }
    if (i === 0) first = index;
    if (indices === undefined && index !== first + i) {
      indices = new Uint32Array(count);
      for (let k = 0; k < i; k++) indices[k] = first + k;
    }
    if (indices !== undefined) indices[i] = index;
  }
  return { first, count, indices, backwards };
}

/** The first time of a block, `undefined` if it has none. */
export function firstTime(source: RandomSource, block: ChangeBlock): bigint | undefined {
  if (block.timeCount === 0) return undefined;
  return new ByteReader(unpackPart(source, block.times, WHAT), block.times.at, WHAT, true).varint64();
}

function lastOf(times: TimeTable): readonly [number, number] {
  if (times.length === 0) return [0, 0];
  const last = times.at(times.length - 1);
  return [Number(last >> 32n), Number(last & 0xffffffffn)];
}

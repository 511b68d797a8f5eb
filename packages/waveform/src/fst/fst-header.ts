import type { Timescale, TimeUnit } from "../model.js";
import { ByteReader } from "./byte-reader.js";

/** Bytes of a header block behind its type, its length included. */
export const HEADER_LENGTH = 329;
const VERSION_BYTES = 128;
const DATE_BYTES = 119;

/** What the header block says. */
export interface FstHeader {
  readonly start: bigint;
  readonly end: bigint;
  /** Reals are stored with their least significant byte first. */
  readonly littleEndian: boolean;
  readonly timescale: Timescale;
  readonly version: string;
  readonly date: string;
  /** Ticks to be added to times for display. */
  readonly timeZero: bigint;
  /** The writer fills in both times when it ends. */
  readonly finished: boolean;
}

/** Reads the header block at `base`, whose bytes behind type and length are `bytes`. */
export function readHeader(bytes: Uint8Array, base: number): FstHeader {
  const reader = new ByteReader(bytes, base, "The header of the FST file");
  const start = reader.u64();
  const end = reader.u64();
  const at = reader.at;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const littleEndian = view.getFloat64(at, true) === Math.E;
  if (!littleEndian && view.getFloat64(at, false) !== Math.E) {
    reader.fail("the number e, which tells the order of bytes, is not there");
  }
  // Then memory used by the writer, counts of scopes, variables, handles and sections: the blocks tell them better.
  reader.at = at + 8 + 5 * 8;
  const exponent = view.getInt8(reader.at);
  reader.at++;
  const version = text(bytes, reader.at, VERSION_BYTES);
  reader.at += VERSION_BYTES;
  const date = text(bytes, reader.at, DATE_BYTES);
  reader.at += DATE_BYTES + 1;
  const timeZero = BigInt.asIntN(64, reader.u64());
  return {
    start,
    end,
    littleEndian,
    timescale: timescaleOf(exponent),
    version,
    date,
    timeZero,
    finished: start !== 0n || end !== 0n,
  };
}

const UNITS: ReadonlyMap<number, TimeUnit> = new Map([
  [0, "s"],
  [-3, "ms"],
  [-6, "us"],
  [-9, "ns"],
  [-12, "ps"],
  [-15, "fs"],
]);
const MAGNITUDES = [1, 10, 100] as const;

/** A tick of 10^exponent seconds; as in libfst, one that is out of range counts as a nanosecond. */
export function timescaleOf(exponent: number): Timescale {
  const power = Math.floor(exponent / 3) * 3;
  const unit = UNITS.get(power);
  const magnitude = MAGNITUDES[exponent - power];
  return unit === undefined || magnitude === undefined ? { magnitude: 1, unit: "ns" } : { magnitude, unit };
}

function text(bytes: Uint8Array, from: number, length: number): string {
  const field = bytes.subarray(from, from + length);
  const end = field.indexOf(0);
  return new TextDecoder().decode(end < 0 ? field : field.subarray(0, end)).trim();
}

import { ReadFailure } from "../failure.js";
import type { RandomSource } from "../source/random-source.js";
import { ByteReader } from "./byte-reader.js";
import { BLOCK_CHANGES_ALIAS_2, BLOCK_START, type FstBlock } from "./fst-blocks.js";
import { unpack, type FstPacking } from "./fst-unpack.js";

const WHAT = "A block of value changes in the FST file";
/** Behind begin time, end time and the memory that libfst needs to go through the block. */
const FRAME_AT = BLOCK_START + 24;
/** Three numbers of at most ten bytes. */
const NUMBERS_BYTES = 30;
/** Sizes of the time table, at the end of the block. */
const TIMES_TRAILER = 24;
/** Writers begin a new block long before. Equal steps pack so well that the size of the file bounds nothing. */
const MAX_TIMES = 2 ** 28;
const MAX_TIME_BYTES = 10;

/** How the chains of a block are packed, by the letter in front of them; any other means zlib, as in libfst. */
const PACKINGS: ReadonlyMap<number, FstPacking> = new Map([
  [0x34, "lz4"],
  [0x46, "fastlz"],
]);

/** Where the parts of a block of value changes lie in the file. */
export interface ChangeBlock {
  readonly at: number;
  readonly begin: bigint;
  readonly end: bigint;
  /** The values at the begin time, as text without gaps, for the first `frameHandles` signals. */
  readonly frame: PackedPart;
  readonly frameHandles: number;
  /** Signals of which the index tells something. */
  readonly handles: number;
  /** Of the byte in front of the chains; the index counts from it. */
  readonly chainsAt: number;
  readonly packing: FstPacking;
  readonly indexAt: number;
  readonly indexLength: number;
  /** Whether aliases in the index are signed numbers. */
  readonly signedIndex: boolean;
  readonly times: PackedPart;
  readonly timeCount: number;
}

/** A part that is packed with zlib, unless it is as long packed as unpacked. */
export interface PackedPart {
  readonly at: number;
  readonly packed: number;
  readonly unpacked: number;
}

/** Finds the parts of a block of value changes. */
export function readChangeBlock(source: RandomSource, block: FstBlock): ChangeBlock {
  const head = new ByteReader(
    source.bytesAt(block.at, Math.min(block.end - block.at, FRAME_AT + NUMBERS_BYTES)),
    block.at,
    WHAT,
  );
  head.at = BLOCK_START;
  const begin = head.u64();
  const end = head.u64();
  head.u64();
  const unpacked = head.varint();
  const packed = head.varint();
  const frameHandles = head.varint();
  const frame = { at: block.at + head.at, packed, unpacked };
  const behindFrame = frame.at + packed;
  if (behindFrame + 2 + 8 + TIMES_TRAILER > block.end) head.fail("the values at its start do not fit in");

  const chains = new ByteReader(source.bytesAt(behindFrame, NUMBERS_BYTES), behindFrame, WHAT);
  const handles = chains.varint();
  const chainsAt = behindFrame + chains.at;
  const packing = PACKINGS.get(chains.u8()) ?? "zlib";

  const trailerAt = block.end - TIMES_TRAILER;
  const trailer = new ByteReader(source.bytesAt(trailerAt, TIMES_TRAILER), trailerAt, WHAT);
  const timesUnpacked = trailer.count();
  const timesPacked = trailer.count();
  const timeCount = trailer.count();
  const times = { at: trailerAt - timesPacked, packed: timesPacked, unpacked: timesUnpacked };
  if (times.at - 8 < chainsAt + 1) trailer.fail("its time table does not fit in");
  // Each takes at least a byte.
  if (timeCount > timesUnpacked) trailer.fail(`it announces ${timeCount} times in ${timesUnpacked} bytes`);

  if (timesUnpacked > timeCount * MAX_TIME_BYTES) {
    trailer.fail(`it announces ${timesUnpacked} bytes for ${timeCount} times`);
  }
  if (timeCount > MAX_TIMES) {
    const message = `A block of the FST file has ${timeCount} times; at most ${MAX_TIMES} are read`;
    throw new ReadFailure("too-large", message, { byte: trailerAt });
  }

  const lengthAt = times.at - 8;
  const length = new ByteReader(source.bytesAt(lengthAt, 8), lengthAt, WHAT);
  const indexLength = length.count();
  const indexAt = lengthAt - indexLength;
  if (indexAt < chainsAt + 1) length.fail("its index does not fit in");
  return {
    at: block.at,
    begin,
    end,
    frame,
    frameHandles,
    handles,
    chainsAt,
    packing,
    indexAt,
    indexLength,
    signedIndex: block.type === BLOCK_CHANGES_ALIAS_2,
    times,
    timeCount,
  };
}

/** The bytes of a part. */
export function unpackPart(source: RandomSource, part: PackedPart, what: string): Uint8Array {
  const bytes = source.bytesAt(part.at, part.packed);
  return part.packed === part.unpacked ? bytes : unpack("zlib", bytes, part.unpacked, part.at, what);
}

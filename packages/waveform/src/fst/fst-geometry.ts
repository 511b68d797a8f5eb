import { ReadFailure } from "../failure.js";
import type { RandomSource } from "../source/random-source.js";
import { ByteReader } from "./byte-reader.js";
import { BLOCK_START, type FstBlock } from "./fst-blocks.js";
import { unpack } from "./fst-unpack.js";
import { isRealType, TYPE_STRING } from "./words.js";

/** In {@link FstGeometry}: a real number, eight bytes. */
export const LENGTH_REAL = 0;
/** In {@link FstGeometry}: values of variable length. */
export const LENGTH_VARIABLE = 0xffffffff;

/** For each handle (from 0 here, from 1 in the file) the bytes of its values as text, or one of the two above. */
export type FstGeometry = Uint32Array;

/** More signals or variables than this are no design; each takes some memory. */
export const MAX_SIGNALS = 2 ** 24;

/** Reads the geometry block. */
export function readGeometry(source: RandomSource, block: FstBlock): FstGeometry {
  const what = "The geometry block of the FST file";
  const bytes = source.bytesAt(block.at, block.end - block.at);
  const reader = new ByteReader(bytes, block.at, what);
  reader.at = BLOCK_START;
  const size = reader.count();
  const handles = reader.count();
  const packed = bytes.subarray(reader.at);
  const data = packed.length === size ? packed : unpack("zlib", packed, size, block.at + reader.at, what);
  // Each takes at least a byte.
  if (handles > data.length) reader.fail(`it announces ${handles} signals in ${data.length} bytes`);
  if (handles > MAX_SIGNALS) {
    throw new ReadFailure("too-large", `The file has more than ${MAX_SIGNALS} signals`, { byte: block.at });
  }
  const lengths = new Uint32Array(handles);
  const inner = new ByteReader(data, block.at, what, true);
  for (let i = 0; i < handles; i++) {
    const length = inner.varint();
    if (length > LENGTH_VARIABLE) inner.fail(`signal ${i + 1} has a length of ${length}`);
    lengths[i] = length;
  }
  return lengths;
}

/** The entry for a signal whose variable has this type and says to have values of `length` bytes. */
export function lengthOf(type: number, length: number): number {
  if (isRealType(type)) return LENGTH_REAL;
  return length === 0 || type === TYPE_STRING ? LENGTH_VARIABLE : length;
}

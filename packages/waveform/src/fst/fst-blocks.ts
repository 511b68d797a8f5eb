import { ReadFailure } from "../failure.js";
import type { RandomSource } from "../source/random-source.js";
import { ByteReader } from "./byte-reader.js";
import { HEADER_LENGTH, readHeader, type FstHeader } from "./fst-header.js";

export const BLOCK_HEADER = 0;
const BLOCK_CHANGES = 1;
const BLOCK_BLACKOUT = 2;
const BLOCK_GEOMETRY = 3;
export const BLOCK_HIERARCHY_GZIP = 4;
const BLOCK_CHANGES_ALIAS = 5;
export const BLOCK_HIERARCHY_LZ4 = 6;
export const BLOCK_HIERARCHY_LZ4_TWICE = 7;
export const BLOCK_CHANGES_ALIAS_2 = 8;
/** The whole file, packed with gzip. */
export const BLOCK_WRAPPER = 254;
const BLOCK_SKIP = 255;

/** Type and length. */
export const BLOCK_START = 9;
/** More are no waveform; each costs some memory. */
const MAX_BLOCKS = 1_000_000;

/** Where a block lies: its type, the place of the type byte, and the place behind it. */
export interface FstBlock {
  readonly type: number;
  readonly at: number;
  readonly end: number;
}

/** The blocks of a file. */
export interface FstBlocks {
  readonly header: FstHeader;
  readonly changes: readonly FstBlock[];
  readonly geometry: FstBlock | undefined;
  readonly hierarchy: FstBlock | undefined;
  readonly blackouts: FstBlock | undefined;
  /** Where the first block starts that is not whole, and why; absent if all are. */
  readonly cut: { readonly byte: number; readonly why: string } | undefined;
}

/**
 * Finds the blocks of an FST file (doc/block_format.txt of libfst). A block that is not whole ends the search: what
 * comes before it counts. `undefined` if not even the header is whole.
 */
export function findBlocks(source: RandomSource): FstBlocks | undefined {
  const { size } = source;
  if (size < 1 + HEADER_LENGTH) return undefined;
  const header = readHeader(source.bytesAt(BLOCK_START, HEADER_LENGTH - 8), BLOCK_START);
  const changes: FstBlock[] = [];
  let geometry: FstBlock | undefined;
  let hierarchy: FstBlock | undefined;
  let blackouts: FstBlock | undefined;
  let cut: FstBlocks["cut"];
  for (let at = 0; at < size;) {
    const start = source.bytesAt(at, BLOCK_START);
    if (start.length < BLOCK_START) {
      cut = { byte: at, why: "ends inside of the start of a block" };
      break;
    }
    const type = start[0] ?? 0;
    const length = new ByteReader(start.subarray(1), at + 1, "A block of the FST file").u64();
    if (length === 0n) {
      // Its writer fills in type and length when the block is whole.
      cut = { byte: at, why: "ends with a block that was being written" };
      break;
    }
    if (length < 8n || !isKnown(type)) {
      cut = { byte: at, why: `has something else than a block here (type ${type}, ${length} bytes)` };
      break;
    }
    if (length > BigInt(size - at - 1)) {
      cut = { byte: at, why: `ends inside of a block of ${length} bytes` };
      break;
    }
    const block = { type, at, end: at + 1 + Number(length) };
    switch (type) {
      case BLOCK_CHANGES:
      case BLOCK_CHANGES_ALIAS:
      case BLOCK_CHANGES_ALIAS_2:
        if (changes.length >= MAX_BLOCKS) {
          throw new ReadFailure("too-large", `The file has more than ${MAX_BLOCKS} blocks`, { byte: at });
        }
        changes.push(block);
        break;
      case BLOCK_BLACKOUT:
        blackouts = block;
        break;
      case BLOCK_GEOMETRY:
        geometry = block;
        break;
      case BLOCK_HIERARCHY_GZIP:
      case BLOCK_HIERARCHY_LZ4:
      case BLOCK_HIERARCHY_LZ4_TWICE:
        hierarchy = block;
        break;
      default:
        break;
    }
    at = block.end;
  }
  return { header, changes, geometry, hierarchy, blackouts, cut };
}

function isKnown(type: number): boolean {
  return type <= BLOCK_CHANGES_ALIAS_2 || type === BLOCK_SKIP;
}

import type { RandomSource } from "../source/random-source.js";
import { crc32 } from "node:zlib";
import type { BlockTimes } from "./block-times.js";
import { ChainIndex } from "./chain-index.js";
import { type ChangeBlock, unpackPart } from "./change-block.js";
import { LENGTH_REAL, LENGTH_VARIABLE } from "./fst-geometry.js";
import type { SignalShape } from "./chain-decoder.js";
import type { HandleTypes } from "./fst-hierarchy.js";
import { BLOCK_START } from "./fst-blocks.js";
import { TYPE_PORT } from "./words.js";

/** A block of changes, ready to be read from. */
export interface OpenBlock {
  readonly block: ChangeBlock;
  readonly times: BlockTimes;
  readonly index: ChainIndex;
}

/** What is kept of an open file to read the changes of its signals. */
export class FstFile {
  readonly source: RandomSource;
  readonly blocks: readonly OpenBlock[];
  readonly littleEndian: boolean;
  readonly #signals: HandleTypes;
  readonly #starts: number | undefined;
  readonly #fingerprint: number;
  #frameOffsets: Float64Array | undefined;

  /** `framedAt` is the time index of the values at the start of the first block, if they count. */
  constructor(
    source: RandomSource,
    blocks: readonly OpenBlock[],
    littleEndian: boolean,
    signals: HandleTypes,
    framedAt: number | undefined,
  ) {
    this.source = source;
    this.blocks = blocks;
    this.littleEndian = littleEndian;
    this.#signals = signals;
    this.#starts = framedAt;
    this.#fingerprint = this.#heads();
  }

  get signals(): number {
    return this.#signals.lengths.length;
  }

  shape(signal: number): SignalShape {
    const { types, lengths } = this.#signals;
    return { length: lengths[signal] ?? 0, port: types[signal] === TYPE_PORT };
  }

  /** The file was written again: what is known of it leads to other bytes now. A file that only grew is the same. */
  get replaced(): boolean {
    return this.source.touched && this.#heads() !== this.#fingerprint;
  }

  /** The values at the start of the file: their time index, all of them, and where that of each signal stands. */
  frame(): { time: number; bytes: Uint8Array; offsets: Float64Array; handles: number } | undefined {
    const [first] = this.blocks;
    if (this.#starts === undefined || first === undefined) return undefined;
    const { frame, frameHandles } = first.block;
    const bytes = unpackPart(this.source, frame, "The values at the start of the FST file");
    return {
      time: this.#starts,
      bytes,
      offsets: (this.#frameOffsets ??= this.#offsets()),
      handles: Math.min(frameHandles, this.signals),
    };
  }

  #offsets(): Float64Array {
    const { lengths } = this.#signals;
    const offsets = new Float64Array(lengths.length + 1);
    for (let i = 0; i < lengths.length; i++) {
      const length = lengths[i] ?? 0;
      offsets[i + 1] =
        (offsets[i] ?? 0) + (length === LENGTH_REAL ? 8 : length === LENGTH_VARIABLE ? 0 : length);
    }
    return offsets;
  }

  #heads(): number {
    let sum = 0;
    for (const { block } of this.blocks) {
      sum = crc32(this.source.bytesAt(block.at, BLOCK_START + 24), sum);
      sum = crc32(this.source.bytesAt(block.times.at + block.times.packed, 24), sum);
    }
    return sum;
  }
}

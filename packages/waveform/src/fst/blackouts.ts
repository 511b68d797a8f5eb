import type { Blackout } from "../model.js";
import type { RandomSource } from "../source/random-source.js";
import { ByteReader } from "./byte-reader.js";
import { BLOCK_START, type FstBlock } from "./fst-blocks.js";

/** More are no longer worth showing. */
const MAX_BLACKOUTS = 10_000;

/** Reads the block that says when dumping was switched off and on again. */
export function readBlackouts(source: RandomSource, block: FstBlock): readonly Blackout[] {
  const reader = new ByteReader(
    source.bytesAt(block.at, block.end - block.at),
    block.at,
    "The blackout block of the FST file",
  );
  reader.at = BLOCK_START;
  const count = reader.varint();
  const blackouts: { from: bigint; to?: bigint }[] = [];
  let time = 0n;
  for (let i = 0; i < count && blackouts.length < MAX_BLACKOUTS; i++) {
    const active = reader.u8() !== 0;
    time += reader.varint64();
    const last = blackouts.at(-1);
    const open = last !== undefined && last.to === undefined;
    if (!active && !open) blackouts.push({ from: time });
    else if (active && open) last.to = time;
  }
  return blackouts;
}

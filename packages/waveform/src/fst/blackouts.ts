import type { Blackout } from "../model.js";
import type { RandomSource } from "../source/random-source.js";
import { blackoutsOf, MAX_BLACKOUTS, type DumpSwitch } from "../store/blackouts.js";
import { ByteReader } from "./byte-reader.js";
import { BLOCK_START, type FstBlock } from "./fst-blocks.js";

/** Reads the block that says when dumping was switched off and on again. */
export function readBlackouts(source: RandomSource, block: FstBlock): readonly Blackout[] {
  const reader = new ByteReader(
    source.bytesAt(block.at, block.end - block.at),
    block.at,
    "The blackout block of the FST file",
  );
  reader.at = BLOCK_START;
  const count = reader.varint();
  const switches: DumpSwitch[] = [];
  let time = 0n;
  for (let i = 0; i < count && i < 2 * MAX_BLACKOUTS; i++) {
    const active = reader.u8() !== 0;
    time += reader.varint64();
    switches.push({ active, time });
  }
  return blackoutsOf(switches);
}

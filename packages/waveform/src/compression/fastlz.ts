import { repeat } from "./lz4.js";

/** Nothing that FastLZ packs grows to more than this many times its packed size. */
export const FASTLZ_MAX_RATIO = 255;

const FAR = 8_191;

/**
 * Unpacks a FastLZ block into `target[0..size)`. The top three bits of the first byte are the level, 0 or 1; then
 * instructions follow: below 32 a run of literals, above a match of `(first >> 5) + 2` bytes (7 there: more follows) at a
 * distance of 13 bits, which level 1 extends. False if the block is damaged or does not unpack to exactly `size` bytes.
 */
export function unpackFastLz(packed: Uint8Array, target: Uint8Array, size: number): boolean {
  const end = packed.length;
  if (end === 0) return size === 0;
  const level = (packed[0] ?? 0) >>> 5;
  if (level > 1) return false;
  let p = 0;
  let t = 0;
  while (p < end) {
    // The level stands in the first instruction, which is always a run of literals.
    const control = p === 0 ? (packed[p] ?? 0) & 31 : (packed[p] ?? 0);
    p++;
    if (control < 32) {
      const length = control + 1;
      if (length > end - p || length > size - t) return false;
      for (let i = 0; i < length; i++) target[t + i] = packed[p + i] ?? 0;
      p += length;
      t += length;
      continue;
    }
    let length = (control >>> 5) + 2;
    let distance = (control & 31) << 8;
    if (length === 9) {
      for (let more = 255; more === 255;) {
        if (p >= end) return false;
        more = packed[p++] ?? 0;
        length += more;
        if (level === 0) break;
      }
    }
    if (p >= end) return false;
    const low = packed[p++] ?? 0;
    distance += low;
    if (level === 1 && low === 255 && distance === FAR) {
      if (p + 2 > end) return false;
      distance = FAR + ((packed[p] ?? 0) << 8) + (packed[p + 1] ?? 0);
      p += 2;
    }
    distance++;
    if (distance > t || length > size - t) return false;
    t = repeat(target, t, distance, length);
  }
  return t === size;
}

/** Nothing that LZ4 packs grows to more than this many times its packed size. */
export const LZ4_MAX_RATIO = 255;

/**
 * Unpacks one LZ4 block (lz4_Block_format.md of lz4: sequences of literals and matches, no frame around them) into
 * `target[0..size)`. False if the block is damaged or does not unpack to exactly `size` bytes.
 */
export function unpackLz4(packed: Uint8Array, target: Uint8Array, size: number): boolean {
  const end = packed.length;
  let p = 0;
  let t = 0;
  while (p < end) {
    const token = packed[p++] ?? 0;
    let length = token >>> 4;
    if (length === 15) {
      let more = 255;
      while (more === 255 && p < end) length += more = packed[p++] ?? 0;
    }
    if (length > end - p || length > size - t) return false;
    if (length > 32) target.set(packed.subarray(p, p + length), t);
    else for (let i = 0; i < length; i++) target[t + i] = packed[p + i] ?? 0;
    p += length;
    t += length;
    if (p === end) break;

    if (p + 2 > end) return false;
    const offset = (packed[p] ?? 0) | ((packed[p + 1] ?? 0) << 8);
    p += 2;
    length = (token & 15) + 4;
    if (length === 19) {
      let more = 255;
      while (more === 255 && p < end) length += more = packed[p++] ?? 0;
    }
    if (offset === 0 || offset > t || length > size - t) return false;
    t = repeat(target, t, offset, length);
  }
  return t === size;
}

/** Copies `length` bytes from `distance` before `at` to `at`; the two may overlap, which repeats. Returns the end. */
export function repeat(target: Uint8Array, at: number, distance: number, length: number): number {
  if (distance >= length && length > 32) {
    target.copyWithin(at, at - distance, at - distance + length);
  } else if (distance === 1) {
    target.fill(target[at - 1] ?? 0, at, at + length);
  } else {
    for (let i = at; i < at + length; i++) target[i] = target[i - distance] ?? 0;
  }
  return at + length;
}

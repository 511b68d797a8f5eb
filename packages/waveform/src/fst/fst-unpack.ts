import { FASTLZ_MAX_RATIO, unpackFastLz } from "../compression/fastlz.js";
import { DEFLATE_MAX_RATIO, unpackGzip, unpackZlib } from "../compression/inflate.js";
import { LZ4_MAX_RATIO, unpackLz4 } from "../compression/lz4.js";
import { ReadFailure } from "../failure.js";

export type FstPacking = "zlib" | "gzip" | "lz4" | "fastlz";

const MAX_RATIOS: Readonly<Record<FstPacking, number>> = {
  zlib: DEFLATE_MAX_RATIO,
  gzip: DEFLATE_MAX_RATIO,
  lz4: LZ4_MAX_RATIO,
  fastlz: FASTLZ_MAX_RATIO,
};

/** No part of a file is larger than this when it is unpacked. */
const MAX_UNPACKED = 2 ** 31 - 1;

/**
 * Unpacks a part of the file that says to have `size` bytes. What it says is believed only as far as its packed bytes can
 * make it true, so a small file cannot ask for much memory. `byte` and `what` are for the message.
 */
export function unpack(
  packing: FstPacking,
  packed: Uint8Array,
  size: number,
  byte: number,
  what: string,
): Uint8Array {
  const damaged = (why: string): ReadFailure => new ReadFailure("malformed", `${what}: ${why}`, { byte });
  if (size > packed.length * MAX_RATIOS[packing]) {
    throw damaged(`${packed.length} bytes of ${packing} cannot hold the ${size} that are announced`);
  }
  if (size > MAX_UNPACKED) {
    throw new ReadFailure("too-large", `${what} has ${size} bytes`, { byte });
  }
  if (packing === "zlib" || packing === "gzip") {
    const unpacked = packing === "zlib" ? unpackZlib(packed, size) : unpackGzip(packed, size);
    if (unpacked === undefined) throw damaged(`its ${packing} data is damaged`);
    return unpacked;
  }
  const unpacked = new Uint8Array(size);
  const whole = packing === "lz4" ? unpackLz4(packed, unpacked, size) : unpackFastLz(packed, unpacked, size);
  if (!whole) throw damaged(`its ${packing} data is damaged`);
  return unpacked;
}

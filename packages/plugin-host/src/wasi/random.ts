import type { WasiPorts } from "./ports.js";

/** Bytes that one call may ask for. */
const maxBytes = 1_048_576n;

/** `wasi:random/random`, and `insecure`, which is as good here. */
export function random(ports: WasiPorts): {
  readonly random: object;
  readonly insecure: object;
  readonly seed: object;
} {
  const bytes = (len: bigint): Uint8Array => {
    if (len > maxBytes)
      throw new RangeError(`${len} random bytes were asked for: a call gives at most ${maxBytes}`);
    const out = new Uint8Array(Number(len));
    ports.fillRandom(out);
    return out;
  };
  const u64 = (): bigint => new DataView(bytes(8n).buffer).getBigUint64(0, true);
  return {
    random: { getRandomBytes: bytes, getRandomU64: u64 },
    insecure: { getInsecureRandomBytes: bytes, getInsecureRandomU64: u64 },
    seed: { insecureSeed: () => [u64(), u64()] },
  };
}

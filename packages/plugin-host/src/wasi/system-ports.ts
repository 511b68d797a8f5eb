import type { WasiPorts } from "./ports.js";

const longestWaitMs = 2 ** 31 - 1;
/** What one call of the platform's generator gives. */
const maxRandomBytes = 65_536;

/** Clock, chance and sleep of this machine; what is written goes where `writeLine` says. For worker threads: `sleep` blocks. */
export function systemPorts(writeLine: WasiPorts["writeLine"]): WasiPorts {
  const nobody = new Int32Array(new SharedArrayBuffer(4));
  return {
    monotonicNow: () => process.hrtime.bigint(),
    wallNow: () => BigInt(Date.now()) * 1_000_000n,
    sleep(nanoseconds) {
      const ms = Number(nanoseconds) / 1e6;
      Atomics.wait(nobody, 0, 0, Math.min(ms, longestWaitMs));
    },
    // Not `node:crypto`: to load it takes a thread longer than all else that it loads.
    fillRandom(bytes) {
      for (let at = 0; at < bytes.length; at += maxRandomBytes) {
        crypto.getRandomValues(bytes.subarray(at, at + maxRandomBytes));
      }
    },
    writeLine,
  };
}

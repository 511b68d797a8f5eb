import { Pollable } from "./poll.js";
import type { WasiPorts } from "./ports.js";

const second = 1_000_000_000n;
const maxInstant = 2n ** 64n - 1n;

/** `wasi:clocks/monotonic-clock`; nanoseconds. */
export function monotonicClock(ports: WasiPorts): object {
  return {
    now: () => ports.monotonicNow(),
    resolution: () => 1n,
    subscribeInstant: (when: bigint) => new Pollable(ports, when),
    subscribeDuration(duration: bigint) {
      const due = ports.monotonicNow() + duration;
      return new Pollable(ports, due > maxInstant ? maxInstant : due);
    },
  };
}

/** `wasi:clocks/wall-clock`. */
export function wallClock(ports: WasiPorts): object {
  return {
    now() {
      const now = ports.wallNow();
      return { seconds: now / second, nanoseconds: Number(now % second) };
    },
    resolution: () => ({ seconds: 0n, nanoseconds: 1_000_000 }),
  };
}

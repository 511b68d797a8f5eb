import type { WasiPorts } from "./ports.js";

/** `wasi:io/poll#pollable`: due at an instant of the monotonic clock, or at once. */
export class Pollable {
  readonly #ports: WasiPorts;
  readonly due: bigint;

  constructor(ports: WasiPorts, due = 0n) {
    this.#ports = ports;
    this.due = due;
  }

  ready(): boolean {
    return this.#ports.monotonicNow() >= this.due;
  }

  block(): void {
    waitUntil(this.#ports, this.due);
  }
}

/** The function `poll`: waits for the first to be due and answers with the indices of all that are. An empty list is a trap. */
export function poll(ports: WasiPorts, pollables: readonly Pollable[]): Uint32Array {
  const [first, ...others] = pollables;
  if (first === undefined) throw new RangeError("poll was called with an empty list");
  waitUntil(
    ports,
    others.reduce((due, pollable) => (pollable.due < due ? pollable.due : due), first.due),
  );
  return Uint32Array.from(pollables.flatMap((pollable, i) => (pollable.ready() ? [i] : [])));
}

/** A sleep may end early; the clock decides. */
function waitUntil(ports: WasiPorts, due: bigint): void {
  for (let left = due - ports.monotonicNow(); left > 0n; left = due - ports.monotonicNow()) ports.sleep(left);
}

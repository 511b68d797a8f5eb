import type { SignalReader } from "./signal-reader.js";

/** Where a signal that is asked for is read: its number among the signals of a reader. */
export interface LocatedSignal {
  readonly reader: SignalReader;
  readonly signal: number;
}

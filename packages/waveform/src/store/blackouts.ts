import type { Blackout } from "../model.js";

/** More are no longer worth showing. */
export const MAX_BLACKOUTS = 10_000;

/** The simulator was told to dump from this tick on, or not to. */
export interface DumpSwitch {
  readonly active: boolean;
  readonly time: bigint;
}

/** When nothing was dumped, from what switched dumping on and off, in the order of time. */
export function blackoutsOf(switches: readonly DumpSwitch[]): readonly Blackout[] {
  const blackouts: Blackout[] = [];
  let from: bigint | undefined;
  for (const { active, time } of switches) {
    if (blackouts.length === MAX_BLACKOUTS) return blackouts;
    if (!active) from ??= time;
    else if (from !== undefined) {
      if (from < time) blackouts.push({ from, to: time });
      from = undefined;
    }
  }
  if (from !== undefined) blackouts.push({ from });
  return blackouts;
}

/** Deaths in a row after which a plugin is left alone until a person retries it. */
export const maxDeaths = 5;

/** Milliseconds of health after which earlier deaths are forgotten. */
export const healthyMs = 60_000;

const baseMs = 3_000;
const maxMs = 60_000;

/**
 * Milliseconds to wait after death number `deaths` (from 1): 3 s, doubled each time, at most a minute, and up to a
 * quarter more by chance, so that plugins that died together do not come back together. `random` is in [0, 1).
 */
export function backoffDelay(deaths: number, random: number): number {
  const exponential = Math.min(maxMs, baseMs * 2 ** (deaths - 1));
  return Math.round(exponential * (1 + random / 4));
}

/** Of that wait, how long the failure itself is shown (`error`) before the wait is (`backoff`). */
export function failureShownMs(delayMs: number): number {
  return Math.floor((delayMs * 2) / 3);
}

/** Losses in a row after which a plugin comes back at once. */
const freeLosses = 3;
const lossBaseMs = 250;

/**
 * Milliseconds to wait after the process went down for the time `losses` in a row while the plugin did nothing: none at
 * first, then 250 ms, doubled each time, at most a minute, so that a process which cannot live is not started on and on.
 */
export function lossDelay(losses: number, random: number): number {
  if (losses <= freeLosses) return 0;
  const exponential = Math.min(maxMs, lossBaseMs * 2 ** (losses - freeLosses - 1));
  return Math.round(exponential * (1 + random / 4));
}

/** Microseconds a call: the median of several runs, each long enough for the clock. */
export function microseconds(call, { runs = 9, runMs = 30 } = {}) {
  warmUp();
  let count = 1;
  for (;;) {
    const time = timed(call, count);
    if (time >= runMs) break;
    count = Math.max(count * 2, Math.min(count * 50, Math.ceil((count * runMs) / Math.max(time, 0.001))));
  }
  const times = [];
  for (let i = 0; i < runs; i++) times.push(timed(call, count));
  times.sort((a, b) => a - b);
  return (times[Math.floor(runs / 2)] * 1000) / count;
}

let warm = false;

/** Makes the loop see several functions first, so that the first one measured is not the only one that is inlined. */
function warmUp() {
  if (warm) return;
  warm = true;
  for (const call of [() => 1, () => 2, () => 3, () => 4, () => 5, () => 6]) timed(call, 100_000);
}

function timed(call, count) {
  const start = performance.now();
  for (let i = 0; i < count; i++) call();
  return performance.now() - start;
}

/** Measures each function of the bench component. */
export function measureApi(api) {
  const strings = Array.from({ length: 1_000 }, (_, i) => `signal_${String(i).padStart(6, "0")}_clock`);
  const bytes = new Uint8Array(1 << 20).fill(7);
  const tick = { tag: "tick" };
  const { empty, handleEvent, takeStrings, giveStrings, takeBytes, giveBytes } = api;
  return {
    empty: microseconds(() => empty()),
    tick: microseconds(() => handleEvent(tick)),
    takeStrings: microseconds(() => takeStrings(strings)),
    giveStrings: microseconds(() => giveStrings()),
    takeBytes: microseconds(() => takeBytes(bytes)),
    giveBytes: microseconds(() => giveBytes()),
  };
}

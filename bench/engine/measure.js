/** Microseconds a call: the median of several runs, each long enough for the clock. */
export function microseconds(call, { runs = 9, runMs = 10 } = {}) {
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

function timed(call, count) {
  const start = performance.now();
  for (let i = 0; i < count; i++) call();
  return performance.now() - start;
}

/** The calls that are measured, by name; each takes and gives what a plugin would. */
export function callsOf(api) {
  const strings = Array.from({ length: 1_000 }, (_, i) => `signal_${String(i).padStart(6, "0")}_clock`);
  const bytes = new Uint8Array(1 << 20).fill(7);
  const tick = { tag: "tick" };
  const { empty, handleEvent, takeStrings, giveStrings, takeBytes, giveBytes, askHost, askSink, Counter } =
    api;
  const counter = new Counter();
  return {
    empty: () => empty(),
    askHost: () => askHost(),
    askSink: () => askSink(),
    counter: () => counter.get(),
    tick: () => handleEvent(tick),
    takeStrings: () => takeStrings(strings),
    giveStrings: () => giveStrings(),
    takeBytes: () => takeBytes(bytes),
    giveBytes: () => giveBytes(),
  };
}

/** Runs everything once, so that the loop has seen several functions before the first one is measured. */
export function warmUp(calls) {
  for (const call of Object.values(calls)) microseconds(call, { runs: 1, runMs: 20 });
}

/** Microseconds of two calls that take turns, for work whose time the allocator decides: medians over many turns. */
export function takingTurns(first, second, turns = 400) {
  const times = [[], []];
  for (let i = 0; i < turns; i++) {
    for (const [side, call] of [first, second].entries()) times[side].push(timed(call, 1) * 1000);
  }
  return times.map((side) => side.sort((a, b) => a - b)[turns >> 1]);
}

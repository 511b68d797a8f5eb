import { PAGE_BITS, PAGE_MASK } from "../store/arena.js";
import { lastBelow } from "../store/signal-index.js";

/**
 * Finds for each column the last checkpoint of a signal (see `SignalIndex`) before the column ends, -1 if there is none;
 * column i ends before the time index `from[i + 1]`.
 *
 * A row of many changes lies scattered over megabytes, and waiting for memory is most of what its columns cost. So what
 * will be needed is touched first, in loops in which nothing depends on what is read: the processor then waits for many
 * places at a time instead of for one after the other.
 */
export function findCheckpoints(
  points: Uint32Array,
  pages: readonly (Uint8Array | undefined)[],
  from: Int32Array,
  far: Int32Array,
): void {
  const columns = far.length;
  const length = points.length / 2;
  const end = from[columns] ?? 0;
  const before = length === 0 ? -1 : lastBelowOrNone(points, from[0] ?? 0, 0);
  const last = length === 0 ? -1 : lastBelowOrNone(points, end, Math.max(before, 0));
  // Where the columns end if the signal changes evenly.
  const step = (last - before) / columns;
  if (step >= FAR_APART) {
    let touched = 0;
    for (let i = 0; i < columns; i++) touched ^= points[Math.floor(before + (i + 1) * step) * 2] ?? 0;
    keep(touched);
  }
  let at = before;
  let stride = 1;
  for (let i = 0; i < columns; i++) {
    const to = from[i + 1] ?? 0;
    if (at < last && (points[(at + 1) * 2] ?? 0) < to) {
      const next = lastBelow(points, to, at + 1, stride);
      stride = Math.max(1, next - at - 1);
      at = next;
    }
    far[i] = at;
  }
  if (step < FAR_APART) return;
  let touched = 0;
  for (let i = 0; i < columns; i++) {
    const address = points[Math.max(far[i] ?? 0, 0) * 2 + 1] ?? 0;
    const page = pages[address >>> PAGE_BITS] ?? NO_PAGE;
    touched ^= page[address & PAGE_MASK] ?? 0;
  }
  keep(touched);
}

/** Checkpoints closer together than this the processor reads ahead by itself. */
const FAR_APART = 24;

const NO_PAGE = new Uint8Array(0);

function lastBelowOrNone(points: Uint32Array, limit: number, from: number): number {
  return (points[from * 2] ?? 0) < limit ? lastBelow(points, limit, from, 1) : from - 1;
}

/** What was read counts as used, so that reading it is not optimised away. */
let kept = 0;
function keep(value: number): void {
  kept ^= value;
}

/**
 * Which elements of a new array are which of the old one. Equal ones are kept and not listed; `replace` pairs an old one with the
 * new one that takes its place; the rest is removed or inserted (`after` an old element, -1 for the start).
 */
export interface Alignment {
  readonly replace: readonly { readonly oldIndex: number; readonly newIndex: number }[];
  readonly remove: readonly number[];
  readonly insert: readonly { readonly after: number; readonly newIndices: readonly number[] }[];
}

/** Beyond this many comparisons only equal beginnings and ends are looked for. */
const MAX_COMPARISONS = 1_000_000;

/** Aligns by the longest common subsequence, so that what did not change is not touched. */
export function align(before: readonly string[], after: readonly string[]): Alignment {
  let prefix = 0;
  while (prefix < before.length && prefix < after.length && before[prefix] === after[prefix]) prefix++;
  let suffix = 0;
  while (
    suffix < before.length - prefix &&
    suffix < after.length - prefix &&
    before[before.length - 1 - suffix] === after[after.length - 1 - suffix]
  ) {
    suffix++;
  }
  const oldEnd = before.length - suffix;
  const newEnd = after.length - suffix;
  const replace: { oldIndex: number; newIndex: number }[] = [];
  const remove: number[] = [];
  const insert: { after: number; newIndices: number[] }[] = [];
  let oldAt = prefix;
  let newAt = prefix;
  const pairs = commonPairs(before.slice(prefix, oldEnd), after.slice(prefix, newEnd));
  for (const [oldOffset, newOffset] of [...pairs, [oldEnd - prefix, newEnd - prefix] as const]) {
    const oldStop = prefix + oldOffset;
    const newStop = prefix + newOffset;
    while (oldAt < oldStop && newAt < newStop) replace.push({ oldIndex: oldAt++, newIndex: newAt++ });
    while (oldAt < oldStop) remove.push(oldAt++);
    if (newAt < newStop) {
      const newIndices = Array.from({ length: newStop - newAt }, (_, offset) => newAt + offset);
      insert.push({ after: oldAt - 1, newIndices });
      newAt = newStop;
    }
    oldAt++;
    newAt++;
  }
  return { replace, remove, insert };
}

function commonPairs(
  before: readonly string[],
  after: readonly string[],
): readonly (readonly [number, number])[] {
  const width = after.length + 1;
  if (before.length * after.length > MAX_COMPARISONS) return [];
  // lengths[i * width + j]: the longest common subsequence of before[i..] and after[j..].
  const lengths = new Uint32Array((before.length + 1) * width);
  const lengthAt = (i: number, j: number): number => lengths[i * width + j] ?? 0;
  for (let i = before.length - 1; i >= 0; i--) {
    for (let j = after.length - 1; j >= 0; j--) {
      lengths[i * width + j] =
        before[i] === after[j]
          ? lengthAt(i + 1, j + 1) + 1
          : Math.max(lengthAt(i + 1, j), lengthAt(i, j + 1));
    }
  }
  const pairs: [number, number][] = [];
  let i = 0;
  let j = 0;
  while (i < before.length && j < after.length) {
    if (before[i] === after[j]) pairs.push([i++, j++]);
    else if (lengthAt(i + 1, j) >= lengthAt(i, j + 1)) i++;
    else j++;
  }
  return pairs;
}

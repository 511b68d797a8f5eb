import { invalid } from "../errors.js";

/** `core function`, as messages call a sort. */
export function sortText(sort: string): string {
  return sort.replace("-", " ").replace(/\bfunc$/, "function");
}

/** The entry of an index space; `sort` is what it holds. Throws `invalid` when there is none. */
export function at<T>(space: readonly T[], index: number, sort: string, offset?: number): T {
  const entity = space[index];
  if (entity === undefined) {
    throw invalid(`${sortText(sort)} ${index} does not exist: ${space.length} are defined`, offset);
  }
  return entity;
}

export function otherSort(expected: string, found: string): string {
  return `expected a ${sortText(expected)}, found a ${sortText(found)}`;
}

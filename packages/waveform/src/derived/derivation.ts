import { MAX_WIDTH } from "../store/signal-store.js";
import { QueryError } from "../query/query-error.js";

/**
 * A signal made of others. Operands are numbers of signals of the file, of signals derived before, or derivations.
 * - slice: the digits from position `high` down to `low`, counted from 0 at the least significant one;
 * - concat: the digits of all parts, the first part most significant. The vector of single bits is a concatenation.
 */
export type Derivation =
  | { readonly kind: "slice"; readonly of: Operand; readonly high: number; readonly low: number }
  | { readonly kind: "concat"; readonly parts: readonly Operand[] };

export type Operand = number | Derivation;

/** Digits `high` down to `low` of a signal of the file. */
export interface Part {
  readonly signal: number;
  readonly high: number;
  readonly low: number;
}

const MAX_DEPTH = 100;
const MAX_PARTS = 65_536;

/**
 * What a derivation comes to: parts of signals, the most significant first; neighbours of one signal are joined.
 * `partsOf` gives those of a signal. Throws a `QueryError` that says what is wrong: the caller's bug.
 */
export function flatten(derivation: Operand, partsOf: (signal: number) => readonly Part[]): readonly Part[] {
  const parts = expand(derivation, partsOf, { depth: 0, left: MAX_PARTS });
  const joined: Part[] = [];
  for (const part of parts) {
    const last = joined.at(-1);
    if (last && last.signal === part.signal && last.low === part.high + 1) {
      joined[joined.length - 1] = { ...last, low: part.low };
    } else {
      joined.push(part);
    }
  }
  if (widthOf(joined) > MAX_WIDTH)
    throw new QueryError(`the derived signal is wider than ${MAX_WIDTH} digits`);
  return joined;
}

/** Digits of parts together. */
export function widthOf(parts: readonly Part[]): number {
  return parts.reduce((sum, { high, low }) => sum + high - low + 1, 0);
}

function expand(
  operand: Operand,
  partsOf: (signal: number) => readonly Part[],
  limits: { depth: number; left: number },
): readonly Part[] {
  if (typeof operand === "number") return take(partsOf(operand), limits);
  if (limits.depth >= MAX_DEPTH) throw new QueryError(`derivations are nested deeper than ${MAX_DEPTH}`);
  limits.depth++;
  const parts =
    operand.kind === "slice"
      ? sliced(expand(operand.of, partsOf, limits), operand)
      : operand.parts.flatMap((part) => expand(part, partsOf, limits));
  limits.depth--;
  if (parts.length === 0) throw new QueryError("a derived signal needs at least one part");
  return parts;
}

function take(parts: readonly Part[], limits: { left: number }): readonly Part[] {
  limits.left -= parts.length;
  if (limits.left < 0) throw new QueryError(`a derived signal has more than ${MAX_PARTS} parts`);
  return parts;
}

function sliced(parts: readonly Part[], { high, low }: { high: number; low: number }): Part[] {
  const width = widthOf(parts);
  if (!Number.isInteger(high) || !Number.isInteger(low) || low < 0 || high < low || high >= width) {
    throw new QueryError(`there are no digits ${high} to ${low} among ${width}`);
  }
  const result: Part[] = [];
  // Position of the most significant digit of each part in the whole.
  let top = width - 1;
  for (const part of parts) {
    const bottom = top - (part.high - part.low);
    const from = Math.min(high, top);
    const to = Math.max(low, bottom);
    if (from >= to)
      result.push({ signal: part.signal, high: part.low + from - bottom, low: part.low + to - bottom });
    top = bottom - 1;
  }
  return result;
}

import type { TickLength } from "./format-time.js";

/**
 * One time axis for several files. A file counts time in its own ticks of 10^exponent seconds; the axis counts in the
 * finest ticks among the files in use, so that every time of a file is a whole number on it, exactly.
 */

/** Power of ten of a tick in seconds: -9 is 1 ns, -8 is 10 ns. */
export type Exponent = number;

const UNIT_EXPONENT: Readonly<Record<TickLength["unit"], Exponent>> = {
  s: 0,
  ms: -3,
  us: -6,
  ns: -9,
  ps: -12,
  fs: -15,
};

/** Length of a tick. `magnitude` is 1, 10 or 100. */
export function tickExponent({ magnitude, unit }: TickLength): Exponent {
  return UNIT_EXPONENT[unit] + Math.max(0, Math.round(Math.log10(magnitude)));
}

/** The finest of the given exponents; `undefined` when there is none. */
export function finestExponent(exponents: Iterable<Exponent>): Exponent | undefined {
  let best: Exponent | undefined;
  for (const exponent of exponents) if (best === undefined || exponent < best) best = exponent;
  return best;
}

/** 10^n, n ≥ 0. */
export function pow10(n: number): bigint {
  return 10n ** BigInt(n);
}

/** `ticks` of `from` counted in ticks of `to`; exact where `to` is finer, rounded down where it is coarser. */
export function rescale(ticks: bigint, from: Exponent, to: Exponent): bigint {
  if (from === to) return ticks;
  if (from > to) return ticks * pow10(from - to);
  const divisor = pow10(to - from);
  const quotient = ticks / divisor;
  return ticks < 0n && quotient * divisor !== ticks ? quotient - 1n : quotient;
}

/** The first and the last tick of a file, and the length of its ticks. */
export interface TimeRange {
  readonly start: bigint;
  readonly end: bigint;
  readonly exponent: Exponent;
}

/**
 * The range that holds those of all files, in the finest of their ticks or in those that are asked for; an end that lies
 * between two of them is rounded up. `undefined` when there is no file.
 */
export function unionRange(ranges: Iterable<TimeRange>, exponent?: Exponent): TimeRange | undefined {
  const all = [...ranges];
  const axis = exponent ?? finestExponent(all.map((range) => range.exponent));
  if (axis === undefined) return undefined;
  let union: TimeRange | undefined;
  for (const range of all) {
    const start = rescale(range.start, range.exponent, axis);
    const end = -rescale(-range.end, range.exponent, axis);
    union =
      union === undefined
        ? { start, end, exponent: axis }
        : {
            start: start < union.start ? start : union.start,
            end: end > union.end ? end : union.end,
            exponent: axis,
          };
  }
  return union;
}

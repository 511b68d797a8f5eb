import { formatExact, formatIn, pow10, unitFor, type Exponent } from "./timebase.js";
import { span, xAt, type Extent, type View } from "./viewport.js";

/** A labelled mark of the time ruler. */
export interface RulerTick {
  readonly tick: bigint;
  /** CSS pixels from the left edge. */
  readonly x: number;
  readonly label: string;
}

/** The marks for a view. */
export interface Ruler {
  /** Ticks between two labels: 1, 2 or 5 times a power of ten. */
  readonly step: bigint;
  readonly major: readonly RulerTick[];
  /** Positions of the unlabelled marks between. */
  readonly minor: readonly number[];
}

/** Where the recording begins or ends. */
export interface RulerEdge {
  readonly side: "start" | "end";
  /** CSS pixels from the left edge. */
  readonly x: number;
  readonly label: string;
}

/** The ends of the recording that are in view. */
export function edges(view: View, extent: Extent, width: number, exponent: Exponent): RulerEdge[] {
  const all = [
    { side: "start", tick: extent.start },
    { side: "end", tick: extent.end },
  ] as const;
  return all
    .filter(({ tick }) => tick >= view.start && tick <= view.end)
    .map(({ side, tick }) => ({
      side,
      x: xAt(view, tick, width),
      label: `${side} ${formatExact(tick, exponent)}`,
    }));
}

/** A stretch of the ruler that a label takes. */
export interface LabelPlace {
  readonly left: number;
  readonly right: number;
}

/**
 * Where the labels of edges stand, as wide as they are: inside of the recording, never beyond the ruler. `undefined` for
 * one that would lie over an earlier one.
 */
export function placeEdges(
  shown: readonly RulerEdge[],
  widths: readonly number[],
  width: number,
): (LabelPlace | undefined)[] {
  const taken: LabelPlace[] = [];
  return shown.map(({ side, x }, index) => {
    const wide = widths[index] ?? 0;
    const wanted = side === "start" ? x + 4 : x - 4 - wide;
    const left = Math.max(2, Math.min(width - wide - 2, wanted));
    const place = { left, right: left + wide };
    if (!isFree(place, taken)) return undefined;
    taken.push(place);
    return place;
  });
}

/** Whether a label stands clear of others. */
export function isFree(place: LabelPlace, others: readonly LabelPlace[]): boolean {
  return others.every(({ left, right }) => place.right + 8 < left || place.left > right + 8);
}

const CHARACTER = 7;
const GAP = 32;

/**
 * Round marks for `view` on `width` pixels. All labels share one unit, the largest that keeps them whole numbers, so
 * neighbouring marks can be compared; the step grows until labels stand clear of each other.
 */
export function ruler(view: View, width: number, exponent: Exponent, scale = 1): Ruler {
  if (width <= 0) return { step: 1n, major: [], minor: [] };
  for (const step of steps(view, width)) {
    const unit = unitFor(exponent + decimalZeros(step));
    const longest = Math.max(
      formatIn(view.start, exponent, unit).length,
      formatIn((view.end / step) * step, exponent, unit).length,
    );
    const distance = (Number(step) / Number(span(view))) * width;
    if (distance >= (longest * CHARACTER + GAP) * scale) return marks(view, width, exponent, step, unit);
  }
  return { step: span(view), major: [], minor: [] };
}

/** Steps from the smallest that could fit upwards. */
function* steps(view: View, width: number): Generator<bigint> {
  const least = (span(view) * 40n) / BigInt(Math.max(1, Math.ceil(width)));
  let power = pow10(Math.max(0, least.toString().length - 1));
  const most = span(view) * 10n;
  while (power <= most) {
    for (const factor of [1n, 2n, 5n]) {
      const step = power * factor;
      if (step >= least && step > 0n) yield step;
    }
    power *= 10n;
  }
}

function decimalZeros(step: bigint): number {
  const text = step.toString();
  return text.length - text.replace(/0+$/, "").length;
}

function marks(
  view: View,
  width: number,
  exponent: Exponent,
  step: bigint,
  unit: { exponent: Exponent; name: string },
): Ruler {
  const major: RulerTick[] = [];
  const first = floorDiv(view.start, step);
  for (let i = first; i * step <= view.end; i++) {
    const tick = i * step;
    if (tick < 0n) continue;
    major.push({ tick, x: xAt(view, tick, width), label: formatIn(tick, exponent, unit) });
  }
  const minor: number[] = [];
  const parts = step.toString().startsWith("2") ? 4n : 5n;
  if (step % parts === 0n) {
    const part = step / parts;
    for (let i = floorDiv(view.start, part); i * part <= view.end; i++) {
      if (i >= 0n && i % parts !== 0n) minor.push(xAt(view, i * part, width));
    }
  }
  return { step, major, minor };
}

function floorDiv(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a < 0n && quotient * b !== a ? quotient - 1n : quotient;
}

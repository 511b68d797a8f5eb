/**
 * What part of time the canvas shows, and how it moves. All times are exact integers in base ticks (see `timebase.ts`);
 * pixels are floating point and derived last.
 */
export interface View {
  /** First tick shown, at x = 0. */
  readonly start: bigint;
  /** Tick at the right edge; always greater than `start`. */
  readonly end: bigint;
}

/** The time that there is to look at. `end` may equal `start`. */
export interface Extent {
  readonly start: bigint;
  readonly end: bigint;
}

/** No closer than this many ticks over the whole width: several tens of pixels per tick. */
export const MIN_SPAN = 8n;

const max = (a: bigint, b: bigint): bigint => (a > b ? a : b);
const min = (a: bigint, b: bigint): bigint => (a < b ? a : b);

/** The view that shows the whole extent. */
export function fit(extent: Extent): View {
  return { start: extent.start, end: extent.end > extent.start ? extent.end : extent.start + 1n };
}

/** Whether `view` is the fitted view of `extent`. */
export function isFitted(view: View, extent: Extent): boolean {
  const fitted = fit(extent);
  return view.start === fitted.start && view.end === fitted.end;
}

/** Ticks from edge to edge. */
export function span(view: View): bigint {
  return view.end - view.start;
}

/**
 * Moves `view` to where there is something to see. The span never exceeds the extent; a view that is closer may look
 * a tenth of its span past either end, so that the last change can be seen.
 */
export function clamp(view: View, extent: Extent): View {
  const whole = fit(extent);
  const wholeSpan = span(whole);
  const wanted = max(span(view), min(MIN_SPAN, wholeSpan));
  if (wanted >= wholeSpan) return whole;
  const slack = max(1n, wanted / 10n);
  const first = whole.start - slack;
  const last = whole.end + slack - wanted;
  const start = max(first, min(view.start, last));
  return { start, end: start + wanted };
}

/**
 * Scales the span by `numerator / denominator` while `anchor` keeps its place on the screen. Zooming in always makes
 * progress until {@link MIN_SPAN}; zooming out ends at the whole extent.
 */
export function zoomAbout(
  view: View,
  extent: Extent,
  anchor: bigint,
  numerator: bigint,
  denominator: bigint,
): View {
  const before = span(view);
  let after = (before * numerator) / denominator;
  if (after === before && numerator < denominator) after = before - 1n;
  if (after === before && numerator > denominator) after = before + 1n;
  after = max(after, min(MIN_SPAN, span(fit(extent))));
  const offset = ((anchor - view.start) * after) / before;
  const start = anchor - offset;
  return clamp({ start, end: start + after }, extent);
}

/** Moves by `ticks`; negative is to the left. */
export function panBy(view: View, extent: Extent, ticks: bigint): View {
  return clamp({ start: view.start + ticks, end: view.end + ticks }, extent);
}

/** Keeps the span and puts `tick` into the middle. */
export function centreOn(view: View, extent: Extent, tick: bigint): View {
  const width = span(view);
  const start = tick - width / 2n;
  return clamp({ start, end: start + width }, extent);
}

/** The view moved as little as possible so that `tick` is inside, a tenth of the span away from the edge. */
export function reveal(view: View, extent: Extent, tick: bigint): View {
  const width = span(view);
  const margin = width / 10n;
  if (tick >= view.start && tick < view.end) return view;
  const start = tick < view.start ? tick - margin : tick + margin - width + 1n;
  return clamp({ start, end: start + width }, extent);
}

/** The stretch between two ticks in either order, at least {@link MIN_SPAN} wide. */
export function zoomTo(extent: Extent, a: bigint, b: bigint): View {
  return clamp({ start: min(a, b), end: max(max(a, b), min(a, b) + 1n) }, extent);
}

const SUBPIXEL = 1024;

/** The tick drawn at `x`, rounded down: the one whose value is on the screen there. */
export function tickAt(view: View, x: number, width: number): bigint {
  const scaled = span(view) * BigInt(Math.round(x * SUBPIXEL));
  const divisor = BigInt(Math.max(1, Math.round(width * SUBPIXEL)));
  const quotient = scaled / divisor;
  const floor = scaled < 0n && quotient * divisor !== scaled ? quotient - 1n : quotient;
  return view.start + floor;
}

/** How many ticks `pixels` stand for, rounded towards zero. */
export function ticksIn(view: View, pixels: number, width: number): bigint {
  return (
    (span(view) * BigInt(Math.round(pixels * SUBPIXEL))) / BigInt(Math.max(1, Math.round(width * SUBPIXEL)))
  );
}

/** Where `tick` is drawn. May be far outside of the canvas. */
export function xAt(view: View, tick: bigint, width: number): number {
  return (Number(tick - view.start) / Number(span(view))) * width;
}

/**
 * The view after the extent changed by a reload: a fitted view stays fitted and grows to the new end, any other keeps
 * its place and span.
 */
export function afterReload(view: View, before: Extent, now: Extent): View {
  return isFitted(view, before) ? fit(now) : clamp(view, now);
}

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  afterReload,
  centreOn,
  clamp,
  fit,
  isFitted,
  MIN_SPAN,
  panBy,
  reveal,
  span,
  tickAt,
  xAt,
  zoomAbout,
  zoomTo,
  type Extent,
  type View,
} from "./viewport.js";

const extents: fc.Arbitrary<Extent> = fc
  .tuple(fc.bigInt({ min: 0n, max: 1n << 40n }), fc.bigInt({ min: 0n, max: 1n << 63n }))
  .map(([start, length]) => ({ start, end: start + length }));

const views = (extent: Extent): fc.Arbitrary<View> =>
  fc
    .tuple(
      fc.bigInt({ min: extent.start, max: extent.end }),
      fc.bigInt({ min: 1n, max: extent.end - extent.start + 1n }),
    )
    .map(([start, length]) => clamp({ start, end: start + length }, extent));

const scenes = extents.chain((extent) => views(extent).map((view) => ({ extent, view })));

describe("viewport", () => {
  it("fits the whole extent, also when it is a single instant", () => {
    expect(fit({ start: 0n, end: 1000n })).toEqual({ start: 0n, end: 1000n });
    expect(fit({ start: 5n, end: 5n })).toEqual({ start: 5n, end: 6n });
  });

  it("never leaves the extent by more than a tenth of the span, whatever is asked", () => {
    fc.assert(
      fc.property(
        scenes,
        fc.bigInt(),
        fc.bigInt({ min: 1n, max: 64n }),
        fc.bigInt({ min: 1n, max: 64n }),
        ({ extent, view }, by, up, down) => {
          for (const next of [
            panBy(view, extent, by),
            zoomAbout(view, extent, view.start + span(view) / 3n, up, down),
            centreOn(view, extent, by),
            reveal(view, extent, by),
            zoomTo(extent, by, view.end),
          ]) {
            expect(next.end > next.start).toBe(true);
            const slack = span(next) / 10n > 1n ? span(next) / 10n : 1n;
            expect(next.start >= extent.start - slack).toBe(true);
            expect(next.end <= fit(extent).end + slack).toBe(true);
            expect(span(next) <= span(fit(extent))).toBe(true);
          }
        },
      ),
    );
  });

  it("keeps the anchor where it is while zooming, to within one tick, when no edge is near", () => {
    const extent = { start: 0n, end: 1n << 60n };
    fc.assert(
      fc.property(
        fc.bigInt({ min: 1n << 40n, max: 1n << 59n }),
        fc.bigInt({ min: 1000n, max: 1n << 38n }),
        fc.integer({ min: 0, max: 1000 }),
        (start, width, place) => {
          const view = { start, end: start + width };
          const anchor = start + (width * BigInt(place)) / 1000n;
          const next = zoomAbout(view, extent, anchor, 1n, 2n);
          const before = xAt(view, anchor, 1000);
          const after = xAt(next, anchor, 1000);
          expect(Math.abs(before - after)).toBeLessThanOrEqual(1000 / Number(span(next)) + 1e-6);
        },
      ),
    );
  });

  it("reaches several pixels per tick and stops there", () => {
    const extent = { start: 0n, end: 10n ** 18n };
    let view = fit(extent);
    for (let step = 0; step < 200; step++) view = zoomAbout(view, extent, 12_345_678_901n, 1n, 2n);
    expect(span(view)).toBe(MIN_SPAN);
    expect(view.start <= 12_345_678_901n && 12_345_678_901n < view.end).toBe(true);
  });

  it("zooming out ends at the fitted view", () => {
    const extent = { start: 7n, end: 1_000_003n };
    let view: View = { start: 500n, end: 520n };
    for (let step = 0; step < 60; step++) view = zoomAbout(view, extent, 510n, 2n, 1n);
    expect(isFitted(view, extent)).toBe(true);
  });

  it("a tick is found again at the pixel where it is drawn", () => {
    fc.assert(
      fc.property(scenes, fc.integer({ min: 0, max: 1599 }), ({ view }, x) => {
        const tick = tickAt(view, x, 1600);
        const drawn = xAt(view, tick, 1600);
        const onePixelOrTick = Math.max(1, 1600 / Number(span(view)));
        expect(x - drawn).toBeGreaterThanOrEqual(-0.01);
        expect(x - drawn).toBeLessThanOrEqual(onePixelOrTick + 0.01);
      }),
    );
  });

  it("rounds down left of the view too", () => {
    expect(tickAt({ start: 0n, end: 100n }, -0.5, 100)).toBe(-1n);
  });

  it("after a reload a fitted view grows and any other keeps its span", () => {
    const before = { start: 0n, end: 100n };
    const now = { start: 0n, end: 400n };
    expect(afterReload(fit(before), before, now)).toEqual({ start: 0n, end: 400n });
    expect(afterReload({ start: 10n, end: 30n }, before, now)).toEqual({ start: 10n, end: 30n });
    expect(span(afterReload({ start: 60n, end: 90n }, before, { start: 0n, end: 50n }))).toBe(30n);
  });
});

/**
 * How large things are. One number scales text, rows, icons and the canvas: what the style sheet makes of the width of
 * the window (very wide ones are looked at from further away) times the text size that a person chose.
 */
export interface Measures {
  /** Height of a row; the list and the canvas share it. All in whole CSS pixels. */
  readonly row: number;
  /** Height of a row that is drawn as a curve. */
  readonly analogRow: number;
  /** Height of the time ruler above the rows, and of the list's header beside it. */
  readonly ruler: number;
  /** Sizes of the canvas' text. */
  readonly font: number;
  readonly smallFont: number;
}

/** The measures at `scale`, 1 being a row of 24 pixels. */
export function measuresAt(scale: number): Measures {
  return {
    row: Math.round(24 * scale),
    analogRow: Math.round(72 * scale),
    ruler: Math.round(28 * scale),
    font: Math.round(24 * scale) / 2,
    smallFont: Math.round(22 * scale) / 2,
  };
}

/** Text sizes that a person can choose, smallest first; 1 is the usual one. */
export const TEXT_SIZES: readonly number[] = [0.8, 0.9, 1, 1.15, 1.3, 1.5, 1.75, 2];

/** The text size `steps` further; the ends hold. */
export function nextTextSize(size: number, steps: number): number {
  const nearest = TEXT_SIZES.findLastIndex((known) => known <= size + 0.01);
  const index = Math.max(0, Math.min(TEXT_SIZES.length - 1, Math.max(0, nearest) + steps));
  return TEXT_SIZES[index] ?? 1;
}

/** A text size as it was stored: 1 for everything that is none. */
export function parseTextSize(text: string | null | undefined): number {
  const size = Number(text ?? "1");
  return TEXT_SIZES.includes(size) ? size : 1;
}

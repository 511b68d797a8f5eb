import type { Palette } from "./palette.js";

/** Text over the waves, in CSS pixels; `y` is its middle. */
export interface Label {
  readonly text: string;
  readonly x: number;
  readonly y: number;
  /** Belongs to the scale of a curve: small, and on the background, so that it can be read where the curve passes. */
  readonly scale: boolean;
}

/** Draws the labels; those of scales last. */
export function drawLabels(
  context: CanvasRenderingContext2D,
  labels: readonly Label[],
  palette: Palette,
): void {
  context.textBaseline = "middle";
  context.textAlign = "left";
  context.font = palette.font;
  context.fillStyle = palette.busText;
  for (const label of labels) if (!label.scale) context.fillText(label.text, label.x, label.y);
  context.font = palette.smallFont;
  const tall = Math.round(palette.measures.smallFont * 1.45);
  for (const label of labels) {
    if (!label.scale) continue;
    context.globalAlpha = 0.75;
    context.fillStyle = palette.background;
    context.fillRect(label.x - 2, label.y - tall / 2, context.measureText(label.text).width + 5, tall);
    context.globalAlpha = 1;
    context.fillStyle = palette.muted;
    context.fillText(label.text, label.x, label.y + 0.5);
  }
}

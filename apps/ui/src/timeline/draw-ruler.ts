import { isFree, placeEdges, type Ruler, type RulerEdge } from "../model/ruler.js";
import { formatExact, type Exponent } from "../model/timebase.js";
import { xAt, type View } from "../model/viewport.js";
import type { Palette } from "./palette.js";

type Context = CanvasRenderingContext2D;

/** Draws the ruler; without marks an empty one. Labels of edges take the place of those of marks. */
export function drawRuler(
  context: Context,
  marks: Ruler | undefined,
  edges: readonly RulerEdge[],
  width: number,
  palette: Palette,
): void {
  const height = palette.measures.ruler;
  context.fillStyle = palette.ruler;
  context.fillRect(0, 0, width, height);
  context.fillStyle = palette.rulerText;
  context.globalAlpha = 0.6;
  for (const tick of marks?.major ?? []) context.fillRect(Math.round(tick.x), height - 7, 1, 6);
  for (const x of marks?.minor ?? []) context.fillRect(Math.round(x), height - 4, 1, 3);
  context.globalAlpha = 1;
  context.font = palette.smallFont;
  context.textBaseline = "middle";
  context.textAlign = "left";
  const widths = edges.map(({ label }) => context.measureText(label).width);
  const places = placeEdges(edges, widths, width);
  const taken = places.filter((place) => place !== undefined);
  for (const tick of marks?.major ?? []) {
    const left = Math.round(tick.x) + 4;
    const right = left + context.measureText(tick.label).width;
    if (isFree({ left, right }, taken)) context.fillText(tick.label, left, height / 2 - 2);
  }
  context.fillStyle = palette.edge;
  for (const [index, { x, label }] of edges.entries()) {
    context.fillRect(Math.max(0, Math.min(width - 1, Math.round(x))), 0, 1, height);
    const place = places[index];
    if (place) context.fillText(label, place.left, height / 2 - 2);
  }
  context.fillStyle = palette.rowLine;
  context.fillRect(0, height - 1, width, 1);
}

/** A vertical line over the rows with a label in the ruler. */
export function drawTimeLine(
  context: Context,
  tick: bigint,
  view: View,
  exponent: Exponent,
  width: number,
  height: number,
  look: { line: string; text: string; dashed: boolean; font: string; ruler: number },
): void {
  const x = Math.round(xAt(view, tick, width)) + 0.5;
  if (x < -1 || x > width + 1) return;
  context.strokeStyle = look.line;
  context.lineWidth = 1;
  context.setLineDash(look.dashed ? [3, 3] : []);
  context.beginPath();
  context.moveTo(x, look.dashed ? look.ruler : 0);
  context.lineTo(x, height);
  context.stroke();
  context.setLineDash([]);
  const label = formatExact(tick, exponent);
  context.font = look.font;
  const wide = context.measureText(label).width + 10;
  const left = Math.max(0, Math.min(width - wide, x - wide / 2));
  const tall = look.ruler - 10;
  context.fillStyle = look.line;
  context.beginPath();
  context.roundRect(left, 4, wide, tall, 4);
  context.fill();
  context.fillStyle = look.text;
  context.textBaseline = "middle";
  context.textAlign = "left";
  context.fillText(label, left + 5, 4.5 + tall / 2);
}
